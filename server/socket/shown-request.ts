import type { ServiceMessage } from "#crypto/wire/wire"
import type { Room } from "../room/room.ts"
import type { WaitingRequest } from "../seat/request.store.ts"
import type { Connection } from "./connection.ts"

/**
 * What shows a request to the socket of somebody who may lead, to be sent at once: the request with its invite (none for
 * the host's own row); where it is news, also the leader's word that a human is asked, or a deputy would wait in vain.
 */
export function shownRequest(
  room: Room,
  connection: Connection,
  request: WaitingRequest,
  bytes: Uint8Array,
): readonly ServiceMessage[] {
  const { chain, waiting } = room.state
  const invite = chain.invites.get(request.inviteId)
  const pending = connection.wasShown(request) ? undefined : waiting.pendingOf(request.id)
  connection.noteShown(request)
  const message: ServiceMessage = {
    TAG: "request",
    data: { request: Uint8Array.from(bytes), invite: invite === undefined ? [] : [invite.bytes] },
  }
  return pending === undefined ? [message] : [message, { TAG: "answer", data: { answer: pending } }]
}
