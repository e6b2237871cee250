import { equal } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import { noIndex } from "#crypto/base/ids"
import { endKind } from "#crypto/seat/leave"
import { endSpace } from "../space/end-space.ts"
import { ok, requireLeader, roomOf, type Handler } from "./handler.ts"

/** The host ends the space: everybody hears it, and everything of it is deleted. */
export const end: Handler<"end"> = async (service, connection, { ref, end: bytes }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    requireLeader(room, connection)
    const { p } = service
    const signed = endKind.decode(p, bytes)
    const { space, hostPub } = room.state
    if (!equal(signed.fields.space, space)) throw new VerifyError("wrong-space", "This End is of another space.")
    if (signed.fields.signer !== noIndex) throw new VerifyError("bad-end", "Only the host key ends a space.")
    await endKind.verify(p, signed, hostPub)
    await endSpace(service, room, [signed.bytes], () => connection.send(ok(ref)))
    service.log.info("space-ended")
    return undefined
  })
}
