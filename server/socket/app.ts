import { toHex, type Bytes } from "#crypto/base/bytes"
import { appMessageKind } from "#crypto/message/app-message"
import type { Row } from "#crypto/room/seats"
import { onStage } from "#crypto/room/roster"
import { Refusal } from "../errors.ts"
import { certOf } from "../message/cert.store.ts"
import { checkMessage } from "../message/message.rules.ts"
import { putMessage } from "../message/message.store.ts"
import type { Room } from "../room/room.ts"
import type { Service } from "../service.ts"
import { ok, roomOf, type Handler } from "./handler.ts"

/** What a seat says to the others, handed to every seat as it came; nobody here can tell a chat line from an order. */
export const app: Handler<"app"> = async (service, connection, { ref, message: bytes }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    const { p, db, limits } = service
    const message = appMessageKind.decode(p, bytes)
    const row = checkMessage(room.state, room.rowsOf(connection), message)
    const { space, epoch, serial, n } = message.fields
    if (!limits.messages.take(`${toHex(space)} ${serial}`)) throw new Refusal("rate-limited")
    await appMessageKind.verify(p, message, row.seatPub)
    // One of the epoch before is passed on and not kept: the tail lives no longer than its epoch.
    if (epoch === room.state.chain.head?.fields.epoch) await db.transaction().execute((tx) => putMessage(tx, message))
    room.state.said.set(serial, n)
    connection.send(ok(ref))
    room.toSeats({ TAG: "app", data: { message: message.bytes, cert: await certsOf(service, room, row) } })
    return undefined
  })
}

/** The stage is known to all by the roster. */
async function certsOf({ db }: Service, room: Room, row: Row): Promise<readonly Bytes[]> {
  const cert = onStage(row.index) ? undefined : await certOf(db, room.state.space, row.serial)
  return cert === undefined ? [] : [Uint8Array.from(cert)]
}
