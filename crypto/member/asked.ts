import { greeted, notGreeted } from "./greeting.ts"
import { sync } from "./hello.ts"
import { keepInvite } from "./hosting.ts"
import { requestRefused } from "./joining.ts"
import { landed } from "./landing.ts"
import { postRefused } from "./posts.ts"
import { leaveRoom, patch, type Turn } from "./turn.ts"
import type { Asked } from "./types.ts"
import { forgetTold } from "./knocks.ts"
import { nameUnheard } from "./saying.ts"
import { messageRefused } from "./watching.ts"
import { chunkDone } from "./wrapping.ts"

/** What a message of ours was for, once its answer has come: it is asked no more. */
export function answered(turn: Turn, ref: number): Asked | undefined {
  const asked = turn.state.asked.get(ref)
  const rest = new Map(turn.state.asked)
  rest.delete(ref)
  patch(turn, { asked: rest })
  return asked
}

/** The service took it. */
export async function takeOk(turn: Turn, asked: Asked | undefined): Promise<void> {
  switch (asked?.kind) {
    case "hello-seat":
    case "hello-invite":
    case "hello-host":
      return greeted(turn, asked.kind)
    case "post":
      // The push may have come first, and another POST may be on its way by now.
      return turn.state.lead?.inflight === asked.post ? landed(turn) : undefined
    case "wraps":
      return chunkDone(turn, asked.head)
    case "invite":
      return keepInvite(turn, asked.id, asked.invite)
    case "app":
      if (asked.id !== undefined) turn.out.push({ kind: "reply", id: asked.id, value: { kind: "done" } })
      return
    case "end":
      turn.out.push({ kind: "reply", id: asked.id, value: { kind: "done" } })
      return leaveRoom(turn, "ended", false)
    default:
      return
  }
}

/** The service refused it, or a part of it has to be tried another way. */
export async function takeError(turn: Turn, asked: Asked | undefined, code: string): Promise<void> {
  turn.out.push({ kind: "refused", code })
  switch (asked?.kind) {
    case "hello-seat":
    case "hello-invite":
    case "hello-host":
      return notGreeted(turn, asked.kind)
    case "post":
      // An answer to a copy of what was refused before says nothing new.
      if (turn.state.lead?.inflight !== asked.post) return
      postRefused(turn)
      return sync(turn)
    case "wraps":
      return chunkDone(turn, asked.head)
    case "request":
      return requestRefused(turn, code)
    case "app":
      messageRefused(turn, asked.n, code)
      nameUnheard(turn)
      forgetTold(turn)
      if (asked.id !== undefined) turn.out.push({ kind: "reply", id: asked.id, value: { kind: "failed", code } })
      return
    case "invite":
    case "sfu":
    case "end":
      if (asked.kind === "invite") turn.consumed.push(asked.invite.seed)
      turn.out.push({ kind: "reply", id: asked.id, value: { kind: "failed", code } })
      return
    default:
      return
  }
}
