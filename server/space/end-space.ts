import type { Bytes } from "#crypto/base/bytes"
import type { Room } from "../room/room.ts"
import type { Service } from "../service.ts"
import { deleteSpace } from "./space.store.ts"

/**
 * Deletes everything of a space, from the files too, and tells everybody who is there.
 * @param end - the host's signed End; nothing when the time of the space has run out.
 * @param deleted - called once it is gone, before the sockets are closed.
 */
export async function endSpace(
  service: Service,
  room: Room,
  end: readonly Bytes[],
  deleted: () => void = () => undefined,
): Promise<void> {
  const { db, store, sfuOrders, openRooms } = service
  await deleteSpace(db, room.state.space)
  await store.forgetDeleted()
  deleted()
  room.end({ TAG: "ended", data: { end } })
  openRooms.forget(room.state.sfuRoom)
  sfuOrders.closeRoom(room.state.sfuRoom)
}
