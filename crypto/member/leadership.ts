import type { Bytes } from "../base/bytes.ts"
import type { ObjectId, SeatSerial } from "../base/ids.ts"
import type { SignedInvite } from "../link/invite.ts"
import type { SignedPolicy } from "../link/policy.ts"
import type { HeadBundle, Reason } from "../room/head.ts"
import type { Counter, Row, SeatChanges, Seats } from "../room/seats.ts"
import type { SignedSeatRequest } from "../seat/seat-request.ts"
import type { Kek } from "../seat/wrap.ts"

/** A leader said goodbye: heard when, from which seat, and up to which Head of its own. */
export interface Goodbye {
  readonly at: number
  readonly serial: SeatSerial
  readonly n: number
}

/**
 * The leading half of the state of whoever may lead: the leader acts on it, the host and the deputies keep it up to
 * date while they stand by.
 */
export interface Leading {
  readonly nextSerial: number
  /** Rows and counters; undefined until they came and hashed to what the newest Head or Step says. */
  readonly seats: Seats | undefined
  /** Monotonic time of the last question for them. */
  readonly rowsAskedAt: number
  /** Host-signed invites by id in hex, as the service showed them. */
  readonly invites: ReadonlyMap<string, SignedInvite>
  /** What the service says a Head or Step changes, by its id in hex, until that comes. */
  readonly announced: ReadonlyMap<string, Announced>
  /** The service says that this deputy is the one to hand out Seats beside the leader's. */
  readonly standing: boolean
  /** Whether the last turn ended as the leader. */
  readonly acted: boolean
  /** When to lead again after somebody of a lower rank took over, and how long the next wait is. */
  readonly retakeAt: number | undefined
  readonly retakeMs: number
  /** Somebody here asked for what only a leader can do. */
  readonly wanted: boolean
  readonly goodbye: Goodbye | undefined
  /** Since when an urgent order waits. */
  readonly urgentSince: number | undefined
  /** When the service last carried anything of the leader. */
  readonly heardAt: number
  readonly gatheringRows: readonly Row[]
  readonly gatheringCounters: readonly Counter[]
  readonly keks: ReadonlyMap<SeatSerial, Kek>
  readonly secret: SecretAt | undefined
  readonly waiting: readonly Waiting[]
  /** Requests that wait for a human's yes. */
  readonly knocking: readonly Waiting[]
  /** Seat keys in hex of those whose requests came when the lists were full, oldest first. */
  readonly dropped: readonly string[]
  /** Which invite a request names that the service has shown lately, both in hex: a host that stands by knows its label. */
  readonly shown: ReadonlyMap<string, string>
  readonly recentHeads: readonly ObjectId[]
  /** Requests that have got their Seat, by id in hex, each with the Head it named: none is answered twice. */
  readonly seen: ReadonlyMap<string, ObjectId>
  readonly inflight: HeadPost | BatchPost | undefined
  /** When the Head under way was made; undefined once the media server has it, too. */
  readonly unnoticedSince: number | undefined
  /** Rows to remove, roles to change, policy to name with the next Head. */
  readonly pending: PendingChanges
  readonly lastHeadAt: number
  readonly lastRotationAt: number
  readonly lastBatchAt: number
  /** Wraps of the audience not yet sent for the newest epoch's Head. */
  readonly wraps:
    | {
        readonly head: ObjectId
        /** secret(epoch, 0): steps may move on while wraps go out. */
        readonly secret: Bytes
        readonly serials: readonly SeatSerial[]
        /** The chunk on its way, if one is. */
        readonly sent: readonly SeatSerial[] | undefined
      }
    | undefined
  /** When each row last asked for a Seat, and with which n: silent rows are dropped, replays refused. */
  readonly renewals: ReadonlyMap<SeatSerial, { readonly at: number; readonly n: number }>
}

/** What a Head or Step changes in the rows, and which requests it answers (ids in hex). */
export interface Announced {
  readonly changes: SeatChanges
  readonly answered: readonly string[]
}

/** What waits for the next Head. */
export interface PendingChanges {
  readonly urgent: boolean
  readonly rotate: boolean
  readonly remove: readonly SeatSerial[]
  readonly burn: readonly string[]
  readonly promote: readonly SeatSerial[]
  readonly demote: readonly SeatSerial[]
  readonly policy: SignedPolicy | undefined
  /** When the oldest pending change came. */
  readonly since: number | undefined
}

/** A request the leader has checked, in the order they came. */
export interface Waiting {
  readonly request: SignedSeatRequest
  /** The invite it names; undefined for the host's own row. */
  readonly invite: SignedInvite | undefined
  readonly since: number
  /** When the leader last said that it has to wait for a human. */
  readonly toldAt?: number
  /** A human let it in. */
  readonly admitted: boolean
}

/** A Head on its way to the key service. */
export interface HeadPost {
  readonly kind: "head"
  readonly id: ObjectId
  readonly bundle: HeadBundle
  readonly changes: SeatChanges
  readonly secret: SecretAt
  readonly reason: Reason
  /** What was pending when it was made: comes back if the service refuses. */
  readonly made: PendingChanges
  /** Found in the vault: whoever else has the record may post it, too, and send in its epoch. */
  readonly restored?: true
}

/** A join batch on its way. */
export interface BatchPost {
  readonly kind: "batch"
  readonly step: Bytes
  readonly seats: readonly Bytes[]
  /** The word for each row that gets a Seat, for the rest of the audience. */
  readonly certs: readonly Bytes[]
  readonly changes: SeatChanges
  readonly secret: SecretAt
  readonly keks: ReadonlyMap<SeatSerial, Kek>
  readonly answered: readonly Waiting[]
  /** When each of their rows asked, and with which n: a batch that is refused has used up no number. */
  readonly renewals: Leading["renewals"]
}

/** secret(epoch, step). */
export interface SecretAt {
  readonly epoch: number
  readonly step: number
  readonly secret: Bytes
}

/** What a leader must not lose. */
export interface LeadRecord {
  readonly nextSerial: number
  readonly secret: SecretAt | undefined
  readonly keks: readonly { readonly serial: SeatSerial; readonly key: Bytes; readonly epoch: number }[]
  /** A Head sent and not yet echoed: posted first after a reload. */
  readonly unechoed: HeadPost | undefined
  /** What was decided and waits for a Head. */
  readonly pending: PendingChanges
}
