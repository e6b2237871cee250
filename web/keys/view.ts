import { toBase64Url, type Bytes } from "#crypto/base/bytes"
import { noIndex, type EpochMs } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { hostInviteId } from "#crypto/link/invite"
import type { MemberState } from "#crypto/member/types"
import { roles } from "#crypto/room/roles"
import { onStage } from "#crypto/room/roster"
import { safetyCode } from "#crypto/room/safety-code"
import type { Person, Problem, RoomView } from "./messages.ts"
import { inviteEntries, personMaker } from "./people.ts"

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
    online: false,
    sending: { kind: "not-on-stage" },
    safetyCode: undefined,
    epoch: 0,
    seq: 0,
    invites: [],
    audience: [],
  }
}

/** The view of a space that is closed to this page. */
export function goneView(space: string, problem: Problem): RoomView {
  return { ...bareView(space, "opening"), phase: "gone", problem }
}

/** Everything of a member's state that its page may show: nothing of it is secret. */
export function roomView(p: Primitives, state: MemberState, now: EpochMs): RoomView {
  const { chain, card } = state
  const person = personMaker(p, state)
  const stage = (chain?.roster ?? []).map(person)
  const me = meOf(p, state, stage)
  return {
    phase: state.phase,
    problem: state.problem,
    space: toBase64Url(state.space),
    card: card === undefined ? undefined : { title: card.title, hostName: card.hostName, language: card.language },
    inviteRole: inviteRole(state),
    me,
    stage,
    count: chain?.count ?? 0,
    hostOnline: state.hostOnline,
    online: state.socket !== "offline",
    sending: sendingOf(state, me),
    safetyCode: chain === undefined ? undefined : safetyCode(p, chain),
    epoch: chain?.head?.fields.epoch ?? 0,
    seq: chain?.head?.fields.seq ?? 0,
    invites: inviteEntries(p, state, now),
    audience: [...(state.lead?.seats?.rows.values() ?? [])]
      .filter((row) => !onStage(row.index))
      .sort((a, b) => a.serial - b.serial)
      .map(person),
  }
}

function inviteRole(state: MemberState): RoomView["inviteRole"] {
  if (state.host !== undefined) return "host"
  if (state.invite === undefined) return undefined
  return state.invite.fields.role >= roles.speaker ? "speaker" : "listener"
}

/** Oneself, once seated. The audience knows no rows, so there the own key is what one goes by. */
function meOf(p: Primitives, state: MemberState, stage: readonly Person[]): Person | undefined {
  const { serial, seatSeed } = state
  if (state.phase !== "seated" || serial === undefined || seatSeed === undefined) return undefined
  const onStageAs = stage.find((person) => person.isMe)
  if (onStageAs !== undefined) return onStageAs
  const role = state.host === undefined ? roles.listener : roles.host
  const seatPub = publicKeyOf(p, seatSeed)
  return personMaker(p, state)({ serial, seatPub, role, index: noIndex, inviteId: hostInviteId })
}

const publicKeys = new WeakMap<Bytes, Bytes>()

/** A view is made many times a second, and a curve multiplication takes a millisecond. */
function publicKeyOf(p: Primitives, seed: Bytes): Bytes {
  const key = publicKeys.get(seed) ?? p.publicKey(seed)
  publicKeys.set(seed, key)
  return key
}

function sendingOf(state: MemberState, me: Person | undefined): RoomView["sending"] {
  if (me?.index === undefined) return { kind: "not-on-stage" }
  const { silence, epoch } = state.sending
  if (silence !== undefined) return { kind: "silence", reason: silence }
  return epoch === undefined ? { kind: "silence", reason: "no-key" } : { kind: "live" }
}
