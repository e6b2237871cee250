import type { Problem, RoomView } from "./messages.ts"
import { silentRoom } from "./talk.ts"

/** A view that shows nothing but a phase. */
export function bareView(space: string, phase: "opening" | "elsewhere"): RoomView {
  return {
    phase,
    problem: undefined,
    space,
    card: undefined,
    inviteRole: undefined,
    me: undefined,
    stage: [],
    count: 0,
    hostOnline: false,
    kind: undefined,
    leader: undefined,
    leads: false,
    mayRetake: false,
    heir: undefined,
    knocking: undefined,
    knocks: [],
    alarms: [],
    proofs: [],
    online: false,
    sending: { kind: "not-on-stage" },
    safetyCode: undefined,
    epoch: 0,
    seq: 0,
    invites: [],
    audience: [],
    ...silentRoom,
  }
}

/** The view of a space that is closed to this page. */
export function goneView(space: string, problem: Problem): RoomView {
  return { ...bareView(space, "opening"), phase: "gone", problem }
}
