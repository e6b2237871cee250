import { toBase64Url } from "#crypto/base/bytes"
import { noIndex, type EpochMs } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { hostInviteId } from "#crypto/link/invite"
import { spaceKinds, type SpaceKindName } from "#crypto/link/policy"
import type { Alarm } from "#crypto/member/alarms"
import type { MemberState } from "#crypto/member/types"
import { signerOf } from "#crypto/room/head"
import { knockWords } from "#crypto/room/knock-words"
import { leaderRank } from "#crypto/room/leaders"
import { roleName } from "#crypto/room/roles"
import { onStage } from "#crypto/room/roster"
import { safetyCode } from "#crypto/room/safety-code"
import type { AlarmEntry, Person, RoomView } from "./messages.ts"
import { conversationView } from "./conversation-view.ts"
import { proofFile } from "./proof-file.ts"
import { inviteEntries, knockEntries, ownRole, personMaker, publicKeyOf } from "./people.ts"

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
    ...leaderOf(state, stage),
    kind: kindOf(state),
    knocking: state.knocking && state.request !== undefined ? knockWords(p, state.request.id) : undefined,
    knocks: knockEntries(p, state),
    alarms: state.alarms.map((alarm) => alarmEntry(alarm, stage)),
    proofs: state.proofs.map((proof) => proofFile(p, state.space, proof)),
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
    ...conversationView(p, state),
  }
}

function inviteRole(state: MemberState): RoomView["inviteRole"] {
  if (state.host !== undefined) return "host"
  return state.invite === undefined ? undefined : roleName(state.invite.fields.role)
}

/** Who leads, and what that means for this member. */
function leaderOf(state: MemberState, stage: readonly Person[]) {
  const { chain, host, seated } = state
  const signer = chain && signerOf(chain)
  const leader = stage.find((person) => person.serial === signer?.serial)
  const leads = leader?.isMe === true
  const heirs = (chain?.roster ?? []).flatMap((entry) => {
    const rank = chain && leaderRank(chain.policy.fields, chain.roster, entry.index)
    return rank === undefined || entry.serial === state.serial ? [] : [{ rank, serial: entry.serial }]
  })
  const heir = heirs.sort((a, b) => a.rank - b.rank)[0]
  return {
    leader,
    leads,
    mayRetake: host !== undefined && seated !== undefined && leader !== undefined && !leads,
    heir: stage.find((person) => person.serial === heir?.serial),
  }
}

function kindOf({ chain }: MemberState): RoomView["kind"] {
  const names = Object.keys(spaceKinds) as readonly SpaceKindName[]
  return names.find((name) => spaceKinds[name] === chain?.policy.fields.kind)
}

/** An alarm names people by their place on stage, or by their seat where nobody on stage is meant. */
function alarmEntry({ kind, about }: Alarm, stage: readonly Person[]): AlarmEntry {
  const whom =
    kind === "admitted-without-invite"
      ? undefined
      : stage.find(({ index, serial }) => (kind === "withheld" ? serial : index) === about)
  return { kind, about: whom?.name }
}

/** Oneself, once seated. The audience knows no rows, so there the own key is what one goes by. */
function meOf(p: Primitives, state: MemberState, stage: readonly Person[]): Person | undefined {
  const { serial, seatSeed } = state
  if (state.phase !== "seated" || serial === undefined || seatSeed === undefined) return undefined
  const onStageAs = stage.find((person) => person.isMe)
  if (onStageAs !== undefined) return onStageAs
  const role = ownRole(p, state)
  const seatPub = publicKeyOf(p, seatSeed)
  return personMaker(p, state)({ serial, seatPub, role, index: noIndex, inviteId: hostInviteId })
}

function sendingOf(state: MemberState, me: Person | undefined): RoomView["sending"] {
  if (me?.index === undefined) return { kind: "not-on-stage" }
  const { silence, epoch } = state.sending
  if (silence !== undefined) return { kind: "silence", reason: silence }
  return epoch === undefined ? { kind: "silence", reason: "no-key" } : { kind: "live" }
}
