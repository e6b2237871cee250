import { equal, toHex } from "#crypto/base/bytes"
import { VerifyError } from "#crypto/base/errors"
import { answerKind, answers } from "#crypto/seat/answer"
import type { ServiceMessage } from "#crypto/wire/wire"
import { Refusal } from "../errors.ts"
import { deleteRequests } from "../seat/request.store.ts"
import { leaderKey, ok, requireLeader, roomOf, type Handler } from "./handler.ts"

/** The leader's signed no to one request, handed to whoever asked. */
export const answer: Handler<"answer"> = async ({ p, db }, connection, { ref, answer: bytes }) => {
  const room = roomOf(connection)
  return room.run(async () => {
    requireLeader(room, connection)
    const signed = answerKind.decode(p, bytes)
    const { space, waiting } = room.state
    if (!equal(signed.fields.space, space)) throw new VerifyError("wrong-space", "This answer is of another space.")
    await answerKind.verify(p, signed, leaderKey(room))
    const request = waiting.get(toHex(signed.fields.request))
    const isPending = signed.fields.reason === answers.pending
    const message: ServiceMessage = { TAG: "answer", data: { answer: signed.bytes } }
    if (request !== undefined) {
      if (!isPending) await deleteRequests(db, space, [request.id])
      for (const requester of room.requesters(request.id, request.seatPub)) requester.send(message)
      if (isPending) waiting.setPending(request.id, signed.bytes)
      else waiting.delete(request.id)
    }
    // What waits no more here, a renewal of a row that is gone say, still waits at whoever stands by.
    room.toLeaders(message, connection)
    if (request === undefined) throw new Refusal("unknown-request")
    return ok(ref)
  })
}
