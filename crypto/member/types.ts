import type { Bytes } from "../base/bytes.ts"
import type { EpochMs, ObjectId, SeatSerial, SpaceId } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import type { Card } from "../link/card.ts"
import type { Link } from "../link/link.ts"
import type { SignedInvite } from "../link/invite.ts"
import type { SignedPolicy } from "../link/policy.ts"
import type { Chain } from "../room/head.ts"
import type { Kek } from "../seat/wrap.ts"
import type { ClientMessage, ServiceMessage } from "../wire/wire.ts"
import type { Alarm, Proof, ShownHead } from "./alarms.ts"
import type { Conversation, Say } from "./conversation.ts"
import type { BatchPost, HeadPost, LeadRecord, Leading, SecretAt } from "./leadership.ts"

/** Why a member is out, or is not let in. */
export type Problem =
  | "wrong-or-ended"
  | "invite-expired"
  | "invite-not-yet"
  | "invite-used-up"
  | "invite-revoked"
  | "invite-burnt"
  | "space-full"
  | "not-let-in"
  | "removed"
  | "ended"
  | "left"
  | "moved"
  | "lost"
  | "refused"

/** Where a member stands. */
export type Phase = "opening" | "card" | "waiting-for-host" | "joining" | "seated" | "gone"

/** What people ask of their member; `id` comes back in the reply. */
export type MemberCommand =
  | { readonly kind: "join" }
  | {
      readonly kind: "invite"
      readonly label: string
      readonly role: "listener" | "speaker" | "moderator" | "cohost"
      readonly personal: boolean
      readonly uses: number
      readonly lifetimeMs: number
    }
  | { readonly kind: "invite-link"; readonly invite: string }
  | { readonly kind: "revoke"; readonly invite: string }
  | { readonly kind: "promote" | "demote" | "remove"; readonly serial: number }
  /** Lets in, or sends away, whoever knocks: the id of the request in hex. */
  | { readonly kind: "admit" | "refuse"; readonly request: string }
  /** The host leads again at once. */
  | { readonly kind: "retake" }
  /** Asks a seat's own device to mute its microphone; it obeys, and says who asked. */
  | { readonly kind: "mic-off"; readonly serial: number }
  | { readonly kind: "say"; readonly say: Say }
  | { readonly kind: "leave" }
  | { readonly kind: "end" }
  | { readonly kind: "sfu-token" }

export type MemberReply =
  | { readonly kind: "done" }
  | { readonly kind: "link"; readonly link: Link; readonly invite: string }
  | { readonly kind: "sfu"; readonly url: string; readonly token: string; readonly identity: string }
  | { readonly kind: "failed"; readonly code: string }

export type Input =
  /** The room socket to the key service is up; `message` inputs follow, the first is its challenge. */
  | { readonly kind: "online" }
  | { readonly kind: "offline" }
  | { readonly kind: "message"; readonly message: ServiceMessage }
  | { readonly kind: "tick" }
  | { readonly kind: "command"; readonly id: number; readonly command: MemberCommand }
  /** The media worker used up a counter: rotate. */
  | { readonly kind: "counter-limit"; readonly epoch: number }
  /** The media server carried a signed Head or policy (their own bytes); its word moves no chain. */
  | { readonly kind: "notice"; readonly bytes: Bytes }
  /** A sender's verified checkpoint names the Head it follows: the first 16 bytes of its id. */
  | { readonly kind: "head-seen"; readonly index: number; readonly head: Bytes }

/** Orders to the media worker; the same shapes as web/media/messages. */
export type MediaOrder =
  | {
      readonly kind: "epoch"
      readonly space: Bytes
      readonly view: Bytes
      readonly epoch: number
      readonly step: number
      readonly secret: Bytes
      readonly indices: readonly number[]
      /** The seat keys of the epoch's roster: whose signature a checkpoint of each index needs. */
      readonly seats: readonly { readonly index: number; readonly seatPub: Bytes }[]
      readonly cell: number
    }
  | { readonly kind: "send"; readonly epoch: number; readonly step: number; readonly index: number }
  | { readonly kind: "stall" }
  | { readonly kind: "seated"; readonly indices: readonly number[] }
  | { readonly kind: "retire"; readonly epoch: number }
  | { readonly kind: "wipe" }

export type Output =
  /** Store this record before carrying out what follows. */
  | { readonly kind: "persist"; readonly record: VaultRecord }
  /** Delete the record. */
  | { readonly kind: "forget" }
  | { readonly kind: "send"; readonly message: ClientMessage }
  | { readonly kind: "media"; readonly order: MediaOrder }
  /** A signed Head or policy for everybody whom the media server reaches. */
  | { readonly kind: "notice"; readonly bytes: Bytes }
  | { readonly kind: "reply"; readonly id: number; readonly value: MemberReply }
  /** Break the connection, and dial again: what the service says on it leads nowhere. */
  | { readonly kind: "hang-up" }
  /** Close the socket; nothing more will be sent. */
  | { readonly kind: "close" }
  /** A peer or the service sent something that was refused: its code, for the counters of the screen. */
  | { readonly kind: "refused"; readonly code: string }

/** One turn of the machine: the new state, what to do in order, and spent secrets to wipe afterwards. */
export interface TurnResult {
  readonly state: MemberState
  readonly out: readonly Output[]
  readonly consumed: readonly Uint8Array[]
}

/** What a machine is given beside its state. */
export interface World {
  readonly p: Primitives
  /** Wall clock for windows and signatures. */
  readonly now: EpochMs
  /** Milliseconds that never jump: all timers. */
  readonly monotonic: number
}

/** An invite as its host keeps it. */
export interface HostInvite {
  readonly id: string
  readonly seed: Bytes
  readonly label: string
  readonly bytes: Bytes
}

/** What only the host has. */
export interface HostKeys {
  readonly hostSeed: Bytes
  readonly cardKey: Bytes
  readonly nextInviteSerial: number
  readonly invites: readonly HostInvite[]
}

/** What outlives a reload, sealed in the vault. Never: media counters, seat secrets, old epochs. */
export interface VaultRecord {
  readonly space: SpaceId
  readonly hostPub: Bytes
  readonly card: Card | undefined
  readonly inviteSeed: Bytes | undefined
  readonly seatSeed: Bytes | undefined
  readonly serial: SeatSerial | undefined
  readonly n: number
  /** What this person wants to be called here. */
  readonly name: string | undefined
  /** Newest Head and policy known: no older one is accepted after a reload. */
  readonly policy: Bytes | undefined
  readonly head: Bytes | undefined
  readonly host: HostKeys | undefined
  readonly lead: LeadRecord | undefined
}

/** An open SeatRequest of one's own. */
export interface OpenRequest {
  readonly id: ObjectId
  readonly bytes: Bytes
  readonly kemSecret: Bytes
  readonly n: number
  /** Monotonic: when it was made, and when it was last sent. */
  readonly askedAt: number
  readonly sentAt: number
  /** The service says that it has not taken it. */
  readonly dropped?: boolean
}

/** What is left of a request that the leader has answered. */
export type AnsweredRequest = Pick<OpenRequest, "id" | "kemSecret" | "askedAt">

/** A KEK chain under one leader, by that leader's seat key. */
export interface LeaderKek extends Kek {
  readonly leader: Bytes
}

/** A leader's clock against ours, read from a Seat: `leader's time = monotonic + offset`, too early by at most `error` ms. */
export interface ClockReading {
  readonly leader: Bytes
  readonly offset: number
  readonly error: number
}

/** A signed Head that only the media server brought. */
export interface NoticedHead {
  readonly id: ObjectId
  readonly seq: number
  readonly epoch: number
  readonly time: EpochMs
  readonly signer: Bytes
  readonly at: number
}

/** What a seated member holds. */
export interface Seated {
  readonly serial: SeatSerial
  /** It sends only in epochs above this one: no counter is used twice over reloads. */
  readonly firstEpoch: number
  /** KEK chains, newest last; at most 4. The signer of a Head picks which of them open its wrap. */
  readonly keks: readonly LeaderKek[]
  readonly renewAt: number
}

/** Which key the media worker seals with. */
export interface Sending {
  /** The epoch and step it seals with; undefined: silence, or not on stage. */
  readonly epoch: number | undefined
  readonly step: number
  readonly silence: "no-key" | "stale-head" | "no-wrap" | "counter-limit" | "withheld" | undefined
  /** An epoch whose wraps are still going out, and when to switch at the latest. */
  readonly switchTo: { readonly epoch: number; readonly at: number } | undefined
}

export interface MemberState {
  readonly phase: Phase
  readonly problem: Problem | undefined
  readonly space: SpaceId
  readonly hostPub: Bytes
  readonly host: HostKeys | undefined
  readonly inviteSeed: Bytes | undefined
  readonly invite: SignedInvite | undefined
  readonly card: Card | undefined
  readonly seatSeed: Bytes | undefined
  readonly n: number
  readonly serial: SeatSerial | undefined
  readonly wantsIn: boolean
  readonly noCounters: boolean
  readonly chain: Chain | undefined
  /** Head and policy of the vault: nothing older is accepted. */
  readonly floor:
    { readonly seq: number; readonly head: ObjectId; readonly bytes: Bytes; readonly policy: Bytes } | undefined
  readonly socket: "offline" | "challenged" | "greeting" | "syncing" | "synced"
  readonly nonce: Bytes | undefined
  readonly nextRef: number
  /** What each unanswered message was for. */
  readonly asked: ReadonlyMap<number, Asked>
  readonly hostOnline: boolean
  readonly request: OpenRequest | undefined
  /** The request answered last: a deputy's Seat beside the leader's may still come, for a few seconds. */
  readonly answered: (AnsweredRequest & { readonly until: number }) | undefined
  /** Whether a human is being asked to let this request in. */
  readonly knocking: boolean
  /** A Seat whose Step has not come yet. */
  readonly heldSeat: Bytes | undefined
  readonly seated: Seated | undefined
  /** secret(epoch, step) of the newest epoch whose wrap or Seat opened. */
  readonly secret: SecretAt | undefined
  /** When to ask again if the newest epoch's wrap has not opened; undefined: it has. */
  readonly renewWrapAt: number | undefined
  /** Monotonic arrival of the newest Head, and of the first one of its signer. */
  readonly headAt: number | undefined
  readonly signerSince: number | undefined
  /** Monotonic arrival of the newest epoch. */
  readonly epochAt: number | undefined
  /** Seat key of whoever opened the newest epoch: its wraps are under that leader's KEKs. Undefined: not seen. */
  readonly epochLeader: Bytes | undefined
  /** Ids of the Heads accepted, newest last. */
  readonly heads: readonly ObjectId[]
  readonly clocks: readonly ClockReading[]
  /** Wall clock minus monotonic clock at the last turn: a jump ahead was a sleep. */
  readonly wallOffset: number | undefined
  /** When the machine last woke from a sleep. */
  readonly wokeAt: number | undefined
  readonly noticed: NoticedHead | undefined
  /** The newest policy the host signed that no Head names yet, and since when it is known. */
  readonly noticedPolicy:
    | { readonly policy: SignedPolicy; readonly at: number; /** When we last passed it on. */ readonly toldAt: number }
    | undefined
  /** Heads named by checkpoints that are not known here: sender index → 16 bytes of the id, and since when. */
  readonly strangeHeads: ReadonlyMap<number, { readonly head: Bytes; readonly at: number }>
  /** Epochs of the media worker and when to wipe them. */
  readonly retiring: readonly { readonly epoch: number; readonly at: number }[]
  readonly sending: Sending
  readonly lead: Leading | undefined
  readonly conversation: Conversation
  /** What does not add up, newest last: said on the screen until it is over. */
  readonly alarms: readonly Alarm[]
  /** The newest Heads accepted, each with the seat key that signed it: what a Head of another history contradicts. */
  readonly shownHeads: readonly ShownHead[]
  /** Of what does not add up, what can be shown to others. */
  readonly proofs: readonly Proof[]
}

export type Asked =
  | {
      readonly kind: "hello-seat" | "hello-invite" | "hello-host" | "sync" | "rows" | "request" | "quiet"
    }
  /** A chunk of the wraps of this Head. */
  | { readonly kind: "wraps"; readonly head: ObjectId }
  | { readonly kind: "post"; readonly post: HeadPost | BatchPost }
  | { readonly kind: "sfu" | "end"; readonly id: number }
  /** A message of ours and its number; `id` of the command it came from. */
  | { readonly kind: "app"; readonly id: number | undefined; readonly n: number }
  | { readonly kind: "invite"; readonly id: number; readonly invite: HostInvite }
