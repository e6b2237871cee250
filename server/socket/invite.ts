import { equal, toHex } from "#crypto/base/bytes"
import { acceptInvite, inviteIdOf } from "#crypto/link/invite"
import { Refusal } from "../errors.ts"
import { insertInvite } from "../invite/invite.store.ts"
import { ok, roomOf, type Handler } from "./handler.ts"

const maxInvites = 4096

/** Stores an invite that the host has signed. */
export const invite: Handler<"invite"> = async ({ p, db }, connection, { ref, invite: bytes }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    if (!room.isHost(connection)) throw new Refusal("not-leader")
    const { space, hostPub, chain } = room.state
    const signed = await acceptInvite(p, bytes, space, hostPub)
    const id = inviteIdOf(p, signed.fields.invitePub)
    const known = chain.invites.get(toHex(id))
    if (known !== undefined) {
      if (equal(known.bytes, signed.bytes)) return ok(ref)
      throw new Refusal("conflict")
    }
    if (chain.invites.size >= maxInvites) throw new Refusal("too-many-invites")
    await insertInvite(db, space, id, signed.bytes)
    room.state.chain = { ...chain, invites: new Map(chain.invites).set(toHex(id), signed) }
    return ok(ref)
  })
}
