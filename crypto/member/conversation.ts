import type { Bytes } from "../base/bytes.ts"
import type { EpochMs, ObjectId, SeatSerial } from "../base/ids.ts"
import type { Content, ReactionName } from "../message/content.ts"
import type { ActName } from "../message/order.ts"

/** What a person says to the room without a voice. */
export type Say =
  | { readonly kind: "hand"; readonly up: boolean }
  | { readonly kind: "profile"; readonly name: string }
  | { readonly kind: "chat"; readonly text: string }
  | { readonly kind: "reaction"; readonly reaction: ReactionName }
  /** Asks one seat to come on stage; a moderator's right. */
  | { readonly kind: "stage-invite"; readonly serial: number }
  /** Answers whoever asked. */
  | { readonly kind: "stage-answer"; readonly accept: boolean }

/** The half of a member's state that holds what seats say to each other. In memory only: a reload starts with none of it. */
export interface Conversation {
  /** The first secret this seat had of each epoch that is not retired. */
  readonly secrets: readonly AppSecret[]
  /** Number of the newest message of one's own. */
  readonly n: number
  /** Number of the newest message of each seat: the same or a lower one is dropped. */
  readonly floors: ReadonlyMap<SeatSerial, { readonly n: number; readonly epoch: number }>
  /** Messages whose secret has not come yet, oldest first. */
  readonly held: readonly HeldMessage[]
  /** What waits for the newest epoch's secret before it is said. */
  readonly outbox: readonly Unsaid[]
  /** Seat keys of whoever has said something that verified. */
  readonly heard: ReadonlyMap<SeatSerial, Bytes>
  /** The names people gave themselves. */
  readonly names: ReadonlyMap<SeatSerial, string>
  readonly hands: ReadonlyMap<SeatSerial, RaisedHand>
  /** Chat and reactions of the epochs that are not retired, oldest first. */
  readonly talk: readonly TalkLine[]
  /** Who asks us on stage. */
  readonly stageInvite: { readonly from: SeatSerial; readonly at: number } | undefined
  /** Whom we asked, and when. */
  readonly invited: ReadonlyMap<SeatSerial, number>
  /** Who last made us mute our microphone; its number tells one order from the next. */
  readonly muteAsked: { readonly by: SeatSerial; readonly n: number } | undefined
  /** Orders that a Head has not shown yet, at whoever may have to carry them out. */
  readonly orders: readonly PendingOrder[]
  /** Orders of one's own that a Head has not shown yet. */
  readonly watched: readonly WatchedOrder[]
  /** Who knocks, by whoever leads; request ids in hex, in the order they came. Only at those who may let them in. */
  readonly knocks: ReadonlyMap<string, HeardKnock>
  /** What a leader has said of those who knock. */
  readonly toldKnocks: ToldKnocks
  readonly own: OwnWords
}

/** secret(epoch, step) of the step at which this seat learned it; all later ones follow from it, no earlier one does. */
export interface AppSecret {
  readonly epoch: number
  readonly step: number
  readonly secret: Bytes
  /** Id of the epoch's first Head. */
  readonly view: Bytes
  /** Monotonic time at which it opened. */
  readonly openedAt: number
}

export interface HeldMessage {
  readonly epoch: number
  readonly step: number
  readonly message: Bytes
  readonly cert: readonly Bytes[]
}

/** Something to say; `id` of the command that is answered when the service has taken it. */
export interface Unsaid {
  readonly content: Content
  readonly id: number | undefined
}

export interface RaisedHand {
  /** When it went up: what orders the queue. */
  readonly since: number
  /** Epoch in which its owner last said so. */
  readonly epoch: number
}

/** A chat line or a reaction. */
export interface TalkLine {
  readonly serial: SeatSerial
  readonly epoch: number
  /** Its sender's clock in ms, and with `serial` its identity. */
  readonly n: number
  readonly said:
    { readonly kind: "chat"; readonly text: string } | { readonly kind: "reaction"; readonly reaction: ReactionName }
}

export interface PendingOrder {
  readonly from: SeatSerial
  readonly act: ActName
  readonly target: SeatSerial
  /** Id in hex of whoever knocks; of `admit` and `refuse` only. */
  readonly request: string | undefined
  /** Epoch of the newest Head when it came. */
  readonly epoch: number
  readonly at: number
}

export interface WatchedOrder extends PendingOrder {
  readonly n: number
  /** Whether the target stood on stage, so that its leaving shows there. */
  readonly onStage: boolean
  /** When its sender was told that somebody holds it back. */
  readonly alarmedAt: number | undefined
}

/** Somebody who knocks, as whoever leads says. */
export interface HeardKnock {
  readonly by: SeatSerial
  readonly page: number
  /** Epoch in which it was last said. */
  readonly epoch: number
  /** Monotonic: when it was first heard of here. */
  readonly since: number
  /** Monotonic: when a person here answered it, by an order that is not carried out yet. */
  readonly orderedAt: number | undefined
}

export interface ToldKnocks {
  /** Each page as it was last said; undefined: it may not have arrived. */
  readonly pages: readonly (readonly ObjectId[] | undefined)[]
  readonly epoch: number
  /** Monotonic. */
  readonly at: number
}

/** Whoever comes to lead has said nothing yet, and nobody believes what the one before said. */
export const nothingTold: ToldKnocks = { pages: [[], []], epoch: 0, at: -Infinity }

/** What one has to say again in each epoch: nothing that was sealed before they came opens for newcomers. */
export interface OwnWords {
  readonly name: string | undefined
  /** When the hand went up, and whether that was in the audience: there it comes down with the step on stage. */
  readonly hand: { readonly since: EpochMs; readonly inAudience: boolean } | undefined
  /** Newest epoch in which the name was said. */
  readonly namedEpoch: number
  /** Newest epoch that was looked through for what has to be said again; step of it, and when. */
  readonly saidEpoch: number
  readonly saidStep: number
  readonly saidAt: number
}

export const noConversation: Conversation = {
  secrets: [],
  n: 0,
  floors: new Map(),
  held: [],
  outbox: [],
  heard: new Map(),
  names: new Map(),
  hands: new Map(),
  talk: [],
  stageInvite: undefined,
  invited: new Map(),
  muteAsked: undefined,
  orders: [],
  watched: [],
  knocks: new Map(),
  toldKnocks: nothingTold,
  own: { name: undefined, hand: undefined, namedEpoch: 0, saidEpoch: 0, saidStep: 0, saidAt: 0 },
}
