import { checked, maybe, objectId, oneOf, serial, struct, u8, type Coder } from "../base/codec.ts"
import { CodecError } from "../base/errors.ts"
import type { ObjectId, SeatSerial } from "../base/ids.ts"

/** What a moderator may order whoever leads (`mic-off`: the target itself) to do. */
export const acts = { kick: 1, demote: 2, promote: 3, admit: 4, refuse: 5, "mic-off": 6, end: 7 } as const
export type ActName = keyof typeof acts
export type Act = (typeof acts)[ActName]

/** A signed order: an app message of a moderator or above; its number is the message's n. */
export interface Order {
  readonly act: Act
  /** Whom it is about; 0 where it names a request or nobody. */
  readonly target: SeatSerial
  /** Id of a request that waits for a human's yes; of `admit` and `refuse` only. */
  readonly request: readonly ObjectId[]
  /** Why, as the sender's screen offered it; 0: not said. */
  readonly reason: number
}

const names = new Map<Act, ActName>(Object.entries(acts).map(([name, act]) => [act, name as ActName]))

/** The name of an act. */
export const actName = (act: Act): ActName => names.get(act) ?? "kick"

const shape = struct({ act: oneOf(Object.values(acts)), target: serial, request: maybe(objectId), reason: u8 })

/** Orders as bytes: `admit` and `refuse` name a request, `end` nobody, every other a seat. */
export const orderCoder: Coder<Order> = checked(shape, ({ act, target, request }) => {
  const aboutRequest = act === acts.admit || act === acts.refuse
  const aboutSeat = !aboutRequest && act !== acts.end
  if (request.length !== (aboutRequest ? 1 : 0) || (target !== 0) !== aboutSeat)
    throw new CodecError("malformed", "an order about nothing")
})
