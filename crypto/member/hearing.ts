import { equal, toHex, wipe, type Bytes } from "../base/bytes.ts"
import { ProtocolError, UsageError, VerifyError } from "../base/errors.ts"
import type { SeatSerial } from "../base/ids.ts"
import { appMessageKind, type SignedAppMessage } from "../message/app-message.ts"
import { openAppMessage } from "../message/app-seal.ts"
import { reactions, type Content, type Reaction, type ReactionName } from "../message/content.ts"
import { actName } from "../message/order.ts"
import { acceptCert } from "../message/seat-cert.ts"
import { may, type Role } from "../room/roles.ts"
import { appSecretAt, isAhead, patchTalk } from "./app-secrets.ts"
import type { TalkLine } from "./conversation.ts"
import { hearKnocks } from "./knocks.ts"
import { actOn, takeOrder } from "./ordering.ts"
import { mayChat, ownRole, roleOf } from "./saying.ts"
import { chainOf, type Turn } from "./turn.ts"

/** What is kept at most: messages whose secret has not come, people by name, lines. */
const maxHeld = 64
const maxPeople = 1_000
const maxLines = 200

/** A message as the service hands it on. */
interface Said {
  readonly message: Bytes
  readonly cert: readonly Bytes[]
}

/**
 * Takes one message: this space; a secret this seat may have; newer than the last of its serial; the sender's key from
 * the stage, the rows or a certificate; signature; seal. One whose epoch or step has not opened yet waits for it.
 * @throws CodecError; VerifyError `wrong-space`, `unknown-sender`, `bad-signature`, `bad-message`
 */
export async function takeApp(turn: Turn, { message: bytes, cert }: Said): Promise<void> {
  const { p } = turn.world
  const message = appMessageKind.decode(p, bytes)
  const { space, epoch, step, serial, n } = message.fields
  if (!equal(space, turn.state.space)) throw new VerifyError("wrong-space", "This message is of another space.")
  const { held, floors } = turn.state.conversation
  // The tail after a reconnection holds what is known already.
  if (n <= (floors.get(serial)?.n ?? 0)) return
  if (isAhead(turn, epoch, step)) {
    patchTalk(turn, { held: [...held, { epoch, step, message: bytes, cert }].slice(-maxHeld) })
    return
  }
  const at = appSecretAt(turn, epoch, step)
  // Said before this seat was admitted, or so long ago that its secret is wiped.
  if (at === undefined) return
  try {
    const seatPub = await senderKey(turn, serial, cert)
    const content = await openAppMessage(p, message, seatPub, at.secret, at.view)
    remember(turn, message, seatPub)
    hear(turn, message, content)
  } finally {
    wipe(at.secret)
  }
}

/** Takes what was said while one was away. A bad message is no reason to refuse the rest. */
export async function takeTail(turn: Turn, tail: readonly Said[]): Promise<void> {
  for (const said of tail) {
    try {
      await takeApp(turn, said)
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.fault === "us") throw error
      turn.out.push({ kind: "refused", code: error.code })
    }
  }
}

/** Tries again what waited for a secret that may have come. */
export async function retryHeld(turn: Turn): Promise<void> {
  const { held } = turn.state.conversation
  const newest = chainOf(turn).head?.fields.epoch ?? 0
  const ready = held.filter(({ epoch, step }) => !isAhead(turn, epoch, step))
  if (ready.length === 0) return
  patchTalk(turn, { held: held.filter((one) => !ready.includes(one) && one.epoch >= newest) })
  await takeTail(turn, ready)
}

async function senderKey(turn: Turn, serial: SeatSerial, cert: readonly Bytes[]): Promise<Bytes> {
  const chain = chainOf(turn)
  const known =
    chain.roster.find((entry) => entry.serial === serial)?.seatPub ??
    turn.state.lead?.seats?.rows.get(serial)?.seatPub ??
    turn.state.conversation.heard.get(serial)
  if (known !== undefined) return known
  const [bytes] = cert
  if (bytes === undefined) throw new VerifyError("unknown-sender", "Nobody vouches for this sender.")
  return (await acceptCert(turn.world.p, chain, bytes, serial)).fields.seatPub
}

function remember(turn: Turn, { fields }: SignedAppMessage, seatPub: Bytes): void {
  const { serial, n, epoch } = fields
  const { floors, heard, n: own } = turn.state.conversation
  patchTalk(turn, {
    floors: new Map(floors).set(serial, { n, epoch }),
    heard: newest(heard, serial, seatPub),
    // After a reload one's own earlier messages come back, and number what follows.
    n: serial === turn.state.serial ? Math.max(own, n) : own,
  })
}

/** What a verified message does. @throws VerifyError `not-allowed` */
function hear(turn: Turn, { fields }: SignedAppMessage, content: Content): void {
  const { serial: from, epoch, n } = fields
  const { conversation, serial: own } = turn.state
  const role = roleOf(turn, from)
  switch (content.TAG) {
    case "hand":
      return hearHand(turn, from, epoch, content.data)
    case "profile":
      return patchTalk(turn, { names: newest(conversation.names, from, content.data.name) })
    case "chat":
      if (!mayChat(turn, role)) throw new VerifyError("not-allowed", "Listeners do not write here.")
      return addLine(turn, { serial: from, epoch, n, said: { kind: "chat", text: content.data.text } })
    case "reaction": {
      const reaction = reactionName(content.data.reaction)
      return addLine(turn, { serial: from, epoch, n, said: { kind: "reaction", reaction } })
    }
    case "stageInvite":
      if (content.data.to !== own) return
      if (!may(role, "stage-invite", ownRole(turn)))
        throw new VerifyError("not-allowed", "Nobody of that role invites.")
      return patchTalk(turn, { stageInvite: { from, at: turn.world.monotonic } })
    case "stageAnswer":
      return content.data.to === own ? hearAnswer(turn, from, content.data.accept) : undefined
    case "knocks":
      return hearKnocks(turn, from, epoch, content.data)
    case "order":
      return hearOrder(turn, from, role, n, content.data)
    default:
      content satisfies never
  }
}

function hearHand(turn: Turn, from: SeatSerial, epoch: number, { up, since }: { up: boolean; since: number }): void {
  const hands = new Map(turn.state.conversation.hands)
  // Its owner's word counts only for those who have not seen it go up themselves.
  const known = hands.get(from)?.since ?? Math.min(since, turn.world.now)
  if (up) patchTalk(turn, { hands: newest(hands, from, { since: known, epoch }) })
  else if (hands.delete(from)) patchTalk(turn, { hands })
}

/** Whoever asked somebody on stage, and gets a yes, promotes them: itself, or by an order. */
function hearAnswer(turn: Turn, from: SeatSerial, accept: boolean): void {
  const invited = new Map(turn.state.conversation.invited)
  if (!invited.delete(from)) return
  patchTalk(turn, { invited })
  if (!accept) return
  try {
    actOn(turn, undefined, "promote", from)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    turn.out.push({ kind: "refused", code: error.code })
  }
}

function hearOrder(
  turn: Turn,
  from: SeatSerial,
  role: Role,
  n: number,
  data: Extract<Content, { TAG: "order" }>["data"],
): void {
  const act = actName(data.act)
  const { target } = data
  const targetRole = target === 0 ? undefined : roleOf(turn, target)
  if (!may(role, act, targetRole)) throw new VerifyError("not-allowed", "This order takes a higher role.")
  if (act === "mic-off") {
    if (target === turn.state.serial) patchTalk(turn, { muteAsked: { by: from, n } })
    return
  }
  // Whoever is on stage may have to lead in a moment.
  const onStage = chainOf(turn).roster.some(({ serial }) => serial === turn.state.serial)
  if (onStage || turn.state.lead !== undefined) {
    const [request] = data.request
    takeOrder(turn, { from, act, target, request: request && toHex(request) })
  }
}

function addLine(turn: Turn, line: TalkLine): void {
  patchTalk(turn, { talk: [...turn.state.conversation.talk, line].slice(-maxLines) })
}

const reactionNames = new Map<Reaction, ReactionName>(
  Object.entries(reactions).map(([name, reaction]) => [reaction, name as ReactionName]),
)
const reactionName = (reaction: Reaction): ReactionName => reactionNames.get(reaction) ?? "clap"

/** A copy with one more entry, without the oldest where there are too many. */
function newest<T>(map: ReadonlyMap<SeatSerial, T>, serial: SeatSerial, value: T): ReadonlyMap<SeatSerial, T> {
  const next = new Map(map).set(serial, value)
  for (const oldest of next.keys()) {
    if (next.size <= maxPeople) break
    next.delete(oldest)
  }
  return next
}
