import { equal } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import { noIndex } from "#crypto/base/ids"
import { enderKey } from "#crypto/room/leaders"
import { endKind } from "#crypto/seat/leave"
import { endSpace } from "../space/end-space.ts"
import { ok, requireMayLead, roomOf, type Handler } from "./handler.ts"

/** The host or a deputy ends the space: everybody hears it, and everything of it is deleted. */
export const end: Handler<"end"> = async (service, connection, { ref, end: bytes }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    requireMayLead(room, connection)
    const { p } = service
    const signed = endKind.decode(p, bytes)
    const { space, hostPub, chain } = room.state
    if (!equal(signed.fields.space, space)) throw new VerifyError("wrong-space", "This End is of another space.")
    const { signer } = signed.fields
    const key = signer === noIndex ? hostPub : enderKey(chain, signer)
    if (key === undefined) throw new VerifyError("bad-end", "Only the host and its deputies end a space.")
    await endKind.verify(p, signed, key)
    await endSpace(service, room, [signed.bytes], () => connection.send(ok(ref)))
    service.log.info("space-ended")
    return undefined
  })
}
