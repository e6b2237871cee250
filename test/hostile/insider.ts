import type { Bytes } from "#crypto/base/bytes"
import type { ObjectId } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { inviteIdOf, memberStatement } from "#crypto/link/invite"
import { inviteSecrets } from "#crypto/link/invite-secrets"
import type { Link } from "#crypto/link/link"
import { noObject } from "#crypto/link/policy"
import { sealAppMessage } from "#crypto/message/app-seal"
import type { Content } from "#crypto/message/content"
import { headKind, reasons, viewOf, type Chain, type Head, type SignedHead } from "#crypto/room/head"
import { encodeRoster, rosterHash, type Roster, type RosterEntry } from "#crypto/room/roster"
import { sealSeat, type SeatTerms } from "#crypto/seat/seat"
import { seatRequestKind, type SeatRequest } from "#crypto/seat/seat-request"
import type { ServiceMessage } from "#crypto/wire/wire"
import type { Person } from "../support/person.ts"

/** What somebody in the room can sign for a service it is of one mind with: its own keys, and no others. */
export interface Insider {
  readonly chain: Chain
  readonly head: SignedHead
  readonly seatSeed: Bytes
}

export function insider({ who, state }: Person): Insider {
  const { chain, seatSeed } = state
  if (chain?.head === undefined || seatSeed === undefined) throw new Error(`${who} has no seat.`)
  return { chain, head: chain.head, seatSeed }
}

interface HeadWish {
  readonly fields?: Partial<Head>
  /** Another stage than the newest Head's: shown, and named. */
  readonly roster?: Roster
  readonly invites?: readonly Bytes[]
  readonly newEpoch?: boolean
  readonly seed?: Bytes
}

/** A Head that follows the newest one somebody knows, as they would sign it. */
export async function headBy(from: Person, wish: HeadWish = {}): Promise<ServiceMessage & { TAG: "head" }> {
  const { chain, head, seatSeed } = insider(from)
  const own = chain.roster.find(({ serial }) => serial === from.serial)
  const { fields } = head
  const opens = wish.newEpoch === true
  const made = await headKind.sign(p, wish.seed ?? seatSeed, {
    ...fields,
    seq: fields.seq + 1,
    prev: head.id,
    epoch: (opens ? fields.epoch + 1 : fields.epoch) as Head["epoch"],
    step: opens ? (0 as Head["step"]) : chain.step,
    epochHead: opens ? noObject : viewOf(head),
    roster: wish.roster === undefined ? fields.roster : rosterHash(p, wish.roster),
    count: chain.count,
    seats: chain.seats,
    commit: opens ? p.random(32) : chain.commit,
    reason:
      (own?.index ?? fields.signer) === fields.signer ? (opens ? reasons.rotate : reasons.beat) : reasons.takeover,
    time: (fields.time + 1) as Head["time"],
    signer: own?.index ?? fields.signer,
    ...wish.fields,
  })
  const roster = wish.roster === undefined ? [] : [encodeRoster(wish.roster)]
  return { TAG: "head", data: { head: made.bytes, policy: [], roster, invites: [...(wish.invites ?? [])] } }
}

/** A stage with one entry more, and one entry changed. */
export const withEntry = (roster: Roster, entry: RosterEntry): Roster =>
  [...roster, entry].sort((a, b) => a.index - b.index)

export const withChange = (roster: Roster, serial: number, changes: Partial<RosterEntry>): Roster =>
  roster.map((entry) => (entry.serial === serial ? { ...entry, ...changes } : entry))

/** A Seat for somebody's open request, signed by the leader, with what a test wants of it. */
export async function seatBy(
  leader: Person,
  whom: Person,
  changes: Partial<SeatTerms> = {},
  secret = leader.state.secret?.secret,
): Promise<ServiceMessage> {
  const { chain, head, seatSeed } = insider(leader)
  const { request } = whom.state
  const own = chain.roster.find(({ serial }) => serial === leader.serial)
  if (request === undefined || secret === undefined || own === undefined) throw new Error("Nobody asks for a Seat.")
  const { kemPub } = seatRequestKind.decode(p, request.bytes).fields
  const terms: SeatTerms = {
    space: chain.space,
    request: request.id,
    serial: 99 as SeatTerms["serial"],
    head: head.id,
    epoch: head.fields.epoch,
    step: chain.step,
    time: head.fields.time,
    signer: own.index,
    ...changes,
  }
  const made = await sealSeat(p, seatSeed, kemPub, terms, secret)
  if (made === undefined) throw new Error("This request has no key.")
  const { seat } = made
  return { TAG: "seat", data: { seat: seat.bytes } }
}

/** A request as the holder of a link makes it who means no good. */
export async function requestBy(link: Link, { chain }: Person["state"], changes: Partial<SeatRequest> = {}) {
  const { keySeed } = inviteSecrets(p, link)
  const seatSeed = p.random(32)
  const seatPub = p.publicKey(seatSeed)
  const made = await seatRequestKind.sign(p, seatSeed, {
    space: link.space,
    head: chain?.head?.id ?? (new Uint8Array(32) as ObjectId),
    inviteId: inviteIdOf(p, p.publicKey(keySeed)),
    seatPub,
    kemPub: (await p.kemKeyPair()).publicKey,
    n: 0,
    flags: 0,
    proof: await p.sign(keySeed, memberStatement(link.space, seatPub)),
    ...changes,
  })
  return made.bytes
}

/** An app message under the keys somebody has, said in the name of another seat. */
export async function sayAs(from: Person, whom: Person, content: Content, n: number): Promise<Bytes> {
  const { chain, head, seatSeed } = insider(from)
  const { secret } = from.state
  if (secret === undefined) throw new Error(`${from.who} has no secret.`)
  const serial = whom.serial as RosterEntry["serial"]
  const terms = { space: chain.space, epoch: head.fields.epoch, step: chain.step, serial, n }
  return (await sealAppMessage(p, seatSeed, secret.secret, viewOf(head), terms, content)).bytes
}

/** Bytes with one field of them put in another's place, and the signature left as it was. */
export function replaced(bytes: Bytes, field: Bytes, instead: Bytes): Bytes {
  const at = Buffer.from(bytes).indexOf(field)
  if (at < 0) throw new Error("There is no such field.")
  const out = bytes.slice()
  out.set(instead, at)
  return out
}
