import type { Service } from "./service.ts"
import { deleteOutdated, requestLifetimeMs } from "./seat/request.store.ts"
import { forgetIdentities } from "./sfu/identity.store.ts"
import { endSpace } from "./space/end-space.ts"
import { expiredSpaces } from "./space/space.store.ts"

/** Deletes what has outlived its purpose: requests, Seats, SFU identities, and spaces whose policy has run out. */
export async function sweep(service: Service): Promise<void> {
  const { db, store, clock, rooms, log } = service
  const now = clock()
  await deleteOutdated(db, now)
  await forgetIdentities(db, now)
  for (const room of rooms.inUse())
    for (const { id } of room.state.waiting.olderThan(now - requestLifetimeMs)) room.state.waiting.delete(id)
  for (const space of await expiredSpaces(db, now)) {
    const room = await rooms.acquire(space)
    if (room === undefined) continue
    try {
      await room.run(() => endSpace(service, room, []))
      log.info("space-expired")
    } finally {
      rooms.release(space)
    }
  }
  await store.forgetDeleted()
}
