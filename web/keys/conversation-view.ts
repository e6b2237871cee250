import { noIndex, type SeatSerial } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { hostInviteId } from "#crypto/link/invite"
import { policyFlags } from "#crypto/link/policy"
import type { MemberState } from "#crypto/member/types"
import { may, roles, type Role } from "#crypto/room/roles"
import type { Person } from "./messages.ts"
import { ownRole, personMaker } from "./people.ts"
import { silentRoom, type ConversationView, type RoomAct } from "./talk.ts"

/** What people say to each other, as the page shows it. */
export function conversationView(p: Primitives, state: MemberState): ConversationView {
  if (state.phase !== "seated") return silentRoom
  const { conversation } = state
  const find = personFinder(p, state)
  const { stageInvite, muteAsked, own } = conversation
  // One's own is there before it comes back from the room, after a reload as well.
  const names = new Map(conversation.names)
  if (state.serial !== undefined && own.name !== undefined) names.set(state.serial, own.name)
  const by = muteAsked && find(muteAsked.by)
  return {
    hands: [...conversation.hands]
      .sort(([a, left], [b, right]) => left.since - right.since || a - b)
      .flatMap(([serial, { since }]) => {
        const person = find(serial)
        return person === undefined ? [] : [{ person, since, invited: conversation.invited.has(serial) }]
      }),
    handUp: conversation.own.hand !== undefined,
    names: Object.fromEntries(names),
    talk: conversation.talk.flatMap(({ serial, n, said }) => {
      const person = find(serial)
      if (person === undefined) return []
      const { name, isMe } = person
      return [{ id: `${serial}.${n}`, serial, name, isMe, at: n, said }]
    }),
    stageInvite: stageInvite && find(stageInvite.from),
    muteAsked: muteAsked && by && { by, n: muteAsked.n },
    may: roomActs(p, state),
  }
}

/** Finds whoever can be known by a serial: on stage, in the rows (leader only), or heard before. Each is made once. */
function personFinder(p: Primitives, state: MemberState): (serial: SeatSerial) => Person | undefined {
  const make = personMaker(p, state)
  const made = new Map<SeatSerial, Person | undefined>()
  return (serial) => {
    if (!made.has(serial)) made.set(serial, find(serial))
    return made.get(serial)
  }

  function find(serial: SeatSerial): Person | undefined {
    const row = state.chain?.roster.find((entry) => entry.serial === serial) ?? state.lead?.seats?.rows.get(serial)
    if (row !== undefined) return make(row)
    const seatPub = state.conversation.heard.get(serial)
    if (seatPub === undefined) return undefined
    return make({ serial, seatPub, role: roles.listener, index: noIndex, inviteId: hostInviteId })
  }
}

function roomActs(p: Primitives, state: MemberState): readonly RoomAct[] {
  const role: Role = ownRole(p, state)
  const listenersChat = ((state.chain?.policy.fields.flags ?? 0) & policyFlags.listenerChat) !== 0
  const chat = may(role, "chat") && (role > roles.listener || listenersChat)
  return [...(chat ? (["chat"] as const) : []), ...(["end", "invite"] as const).filter((act) => may(role, act))]
}
