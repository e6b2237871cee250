import type { Bytes } from "../base/bytes.ts"
import {
  blob,
  codec,
  fixed,
  flag,
  list,
  longBlob,
  maybe,
  objectId,
  oneOf,
  spaceId,
  struct,
  text,
  u32,
  u8,
  union,
} from "../base/codec.ts"
import { counterCoder, rowCoder, seatChangesCoder } from "../room/seats.ts"

/**
 * The room socket: every message between a client and the key service, u8 tag ‖ fields. One authenticated socket carries
 * everything in order, so there is no bearer token to steal. A client's message has a `ref`; the service answers each
 * with exactly one message of that ref (`ok`, `error`, or the answer's own kind) and pushes the rest.
 */

/** As whom a client speaks: a socket may hold several of these at once. */
export const helloKinds = { invite: 0, seat: 1, host: 2 } as const

/** Largest message a client may send. */
export const maxClientMessage = 131_072
/** Seats in one join batch, so that the message fits. */
export const maxBatch = 40
/** App messages of the newest epoch that the service keeps for whoever comes back. */
export const maxTail = 256
/** Wraps in one chunk. */
export const maxChunk = 256

const ref = u32
const object = blob(9000)
/** An app message, and the certificate of its sender's row where that is not on stage. */
const said = struct({ message: blob(1280), cert: maybe(blob(160)) })
const bundle = struct({ head: object, policy: maybe(object), roster: maybe(object), invites: list(object, 64) })

/** A Head with what it names, on the wire (lists of none or one stand for optional parts). */
export interface WireBundle {
  readonly head: Bytes
  readonly policy: readonly Bytes[]
  readonly roster: readonly Bytes[]
  readonly invites: readonly Bytes[]
}

const clientMessage = union(u8, {
  /** Proves a key over the socket's challenge: signature over info(challenge) ‖ space ‖ kind ‖ nonce. */
  hello: [
    1,
    struct({ ref, space: spaceId, kind: oneOf(Object.values(helloKinds)), key: fixed(32), signature: fixed(64) }),
  ],
  /** Asks for everything after Head `since` (0xffffffff: nothing known): answered by `state`, pushes follow from there. */
  sync: [2, struct({ ref, since: u32 })],
  request: [3, struct({ ref, request: object })],
  /** A Head with its changes and the wraps of the stage (serial 4 ‖ wrap 48 each). */
  head: [4, struct({ ref, bundle, changes: seatChangesCoder, wraps: longBlob(64 * 52) })],
  batch: [
    5,
    struct({
      ref,
      step: object,
      seats: list(object, maxBatch),
      certs: list(object, maxBatch),
      changes: seatChangesCoder,
    }),
  ],
  wraps: [6, struct({ ref, head: objectId, last: flag, wraps: longBlob(maxChunk * 52) })],
  invite: [7, struct({ ref, invite: object })],
  answer: [8, struct({ ref, answer: object })],
  leave: [9, struct({ ref, leave: object })],
  end: [10, struct({ ref, end: object })],
  sfu: [11, struct({ ref })],
  /** Whoever may lead asks for all rows and counters. */
  rows: [12, struct({ ref })],
  /** Seats of the deputy that stands by, beside the leader's, for the requests of one Step. */
  standby: [13, struct({ ref, seats: list(object, maxBatch) })],
  app: [14, struct({ ref, message: blob(1280) })],
})

const serviceMessage = union(u8, {
  challenge: [64, struct({ nonce: fixed(32) })],
  ok: [65, struct({ ref })],
  error: [66, struct({ ref, code: text(64) })],
  /** Answer to an invite's hello. */
  welcome: [67, struct({ ref, invite: object, policy: object, card: object, leader: flag })],
  /** Answer to `sync`: newest policy first, Heads in order, the newest Step, the own wrap of the newest Head, the own Seats. */
  state: [
    68,
    struct({
      ref,
      policy: object,
      heads: list(bundle, 256),
      step: maybe(object),
      wrap: maybe(fixed(48)),
      wrapsComplete: flag,
      seats: list(object, 4),
      leader: flag,
      tail: list(said, maxTail),
    }),
  ],
  head: [69, bundle],
  step: [70, struct({ step: object })],
  seat: [71, struct({ seat: object })],
  wrap: [72, struct({ head: objectId, wrap: fixed(48) })],
  wrapsComplete: [73, struct({ head: objectId })],
  /** To the leader and the deputies; with the invite it names, unless it is the host's own. */
  request: [74, struct({ request: object, invite: maybe(object) })],
  answer: [75, struct({ answer: object })],
  leave: [76, struct({ leave: object })],
  /** Whether a leader's socket is there. */
  presence: [77, struct({ leader: flag })],
  /** This seat has a newer connection; final until a person asks. */
  moved: [78, struct({})],
  removed: [79, struct({})],
  /** Signed End, or nothing when the space's time ran out. */
  ended: [80, struct({ end: maybe(object) })],
  sfu: [81, struct({ ref, url: text(300), token: text(4096), identity: text(64) })],
  /** Rows in chunks of ≤ 400 with the invites they name; `more` says whether another `rows` of the same ref follows. */
  rows: [
    82,
    struct({
      ref,
      more: flag,
      rows: list(rowCoder, 400),
      counters: list(counterCoder, 4096),
      invites: list(object, 400),
    }),
  ],
  /**
   * To the leader's deputies, before the Head or Step (`of` is its id) that signs them: changed rows, the invites they
   * name, and the requests that were answered; those that were not shown before come first.
   */
  changes: [
    83,
    struct({
      of: objectId,
      changes: seatChangesCoder,
      invites: list(object, 512),
      answered: list(objectId, maxBatch),
    }),
  ],
  /** Whether this deputy is the one that stands by: it answers each request with a Seat of its own. */
  standby: [84, struct({ on: flag })],
  /** To every seat, its sender's included. */
  app: [85, said],
})

type CoderValue<C> = C extends { decode(data: Uint8Array, ...rest: never[]): infer T } ? T : never
export type ClientMessage = CoderValue<typeof clientMessage>
export type ServiceMessage = CoderValue<typeof serviceMessage>
export type ClientTag = ClientMessage["TAG"]
export type ServiceTag = ServiceMessage["TAG"]
/** The fields of one kind of message. */
export type ClientData<T extends ClientTag> = Extract<ClientMessage, { TAG: T }>["data"]
export type ServiceData<T extends ServiceTag> = Extract<ServiceMessage, { TAG: T }>["data"]

/** What a client sends. `decode` throws CodecError `oversized` or `malformed`. */
export const clientCodec = codec<ClientMessage>("client message", clientMessage, maxClientMessage)
/** What the key service sends. */
export const serviceCodec = codec<ServiceMessage>("service message", serviceMessage, 16_777_216)

/** The body of `POST /api/spaces`, sent as application/octet-stream: what makes a space. */
export const createCodec = codec(
  "create message",
  struct({ hostPub: fixed(32), policy: object, card: blob(4200), invites: list(object, 64) }),
  65_536,
)
