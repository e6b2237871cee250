import type { ServiceData } from "#crypto/wire/wire"
import type { Reader } from "../db/schema.ts"
import type { Room } from "../room/room.ts"
import type { Connection } from "../socket/connection.ts"
import { keptMessages } from "./message.store.ts"

/** What was said in the newest epoch, for a socket that stands for a seat; nothing for all others. */
export async function tailFor(db: Reader, room: Room, connection: Connection): Promise<ServiceData<"state">["tail"]> {
  if (!room.seated(connection)) return []
  const kept = await keptMessages(db, room.state.space)
  return kept.map(({ bytes, cert }) => ({
    message: Uint8Array.from(bytes),
    cert: cert === null ? [] : [Uint8Array.from(cert)],
  }))
}
