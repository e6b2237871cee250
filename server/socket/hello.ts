import { toHex } from "#crypto/base/bytes"
import { challengeStatement } from "#crypto/base/challenge"
import { inviteIdOf } from "#crypto/link/invite"
import { helloKinds, type ClientData } from "#crypto/wire/wire"
import { Refusal } from "../errors.ts"
import type { Room } from "../room/room.ts"
import type { Service } from "../service.ts"
import { holdsKey } from "../space/key.store.ts"
import type { Connection, Proof } from "./connection.ts"
import { ok, type Handler } from "./handler.ts"

/** Keys one socket may show: a host's, a seat's and an invite's, and those of seats it asked for and was refused. */
const maxProofs = 8

/**
 * Takes a proof that the socket holds a key of the space. To whoever holds none, a space that exists, existed or never
 * did is one and the same: one look at an index, the same answer.
 */
export const hello: Handler<"hello"> = async (service, connection, data) => {
  const { p, rooms } = service
  const statement = challengeStatement(data.space, data.kind, connection.nonce)
  const signed = await p.verify(data.key, statement, data.signature)
  const proof = proofOf(service, data)
  // A room that nobody uses is not read for strangers: it takes long, and would tell them that it is there.
  const known = connection.room !== undefined || (await holdsKey(service.db, data.space, proof))
  const room = connection.room ?? (signed && known ? await rooms.acquire(data.space) : undefined)
  try {
    const other = room !== undefined && toHex(room.state.space) !== toHex(data.space)
    if (!signed || room === undefined || other || !room.knows(proof)) throw new Refusal("not-available")
    return await room.run(async () => {
      if (!room.knows(proof)) throw new Refusal("not-available")
      if (connection.proofs.length >= maxProofs && !hasShown(connection, proof)) throw new Refusal("rate-limited")
      welcome(room, connection, proof)
      return answer(room, data, proof)
    })
  } catch (error) {
    if (room !== undefined && connection.room === undefined) rooms.release(data.space)
    throw error
  }
}

function proofOf({ p }: Service, data: ClientData<"hello">): Proof {
  const isInvite = data.kind === helloKinds.invite
  return { kind: data.kind, key: toHex(isInvite ? inviteIdOf(p, data.key) : data.key) }
}

const hasShown = ({ proofs }: Connection, { kind, key }: Proof): boolean =>
  proofs.some((shown) => shown.kind === kind && shown.key === key)

/** Lets the socket in. The newest socket of a seat or of the host wins; the older one is told so and closed. */
function welcome(room: Room, connection: Connection, proof: Proof): void {
  if (proof.kind !== helloKinds.invite)
    for (const older of [...room.holders(proof.kind, proof.key)]) {
      if (older === connection) continue
      older.send({ TAG: "moved", data: {} })
      older.close()
      room.leave(older)
    }
  if (!hasShown(connection, proof)) connection.proofs = [...connection.proofs, proof]
  connection.room = room
  room.enter(connection)
}

function answer(room: Room, data: ClientData<"hello">, proof: Proof) {
  const { chain, card } = room.state
  const invite = proof.kind === helloKinds.invite ? chain.invites.get(proof.key) : undefined
  if (invite === undefined) return ok(data.ref)
  const { ref } = data
  return {
    TAG: "welcome" as const,
    data: { ref, invite: invite.bytes, policy: chain.policy.bytes, card, leader: room.leaderHere },
  }
}
