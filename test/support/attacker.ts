import { equal, fromHex, toHex, uint, type Bytes } from "#crypto/base/bytes"
import { kemKeyPairOf } from "#crypto/base/hpke"
import type { ObjectId, SeatSerial, SpaceId } from "#crypto/base/ids"
import { info } from "#crypto/base/labels"
import type { Primitives } from "#crypto/base/primitives"
import { decodeKid, epochTag } from "#crypto/media/kid"
import { commit, lastStep, ratchet, rootSecret, sframeBase } from "#crypto/media/key-schedule"
import { decodeHeader } from "#crypto/media/sframe-header"
import { openFrame } from "#crypto/media/sframe"
import { roomSuite, sframeKeys } from "#crypto/media/sframe-keys"
import { appHeaderBytes, appMessageKind, type SignedAppMessage } from "#crypto/message/app-message"
import { unpadContent } from "#crypto/message/content"
import { headKind, viewOf } from "#crypto/room/head"
import { seatKind, type SignedSeat } from "#crypto/seat/seat-object"
import { seatRequestKind } from "#crypto/seat/seat-request"
import { openSeat } from "#crypto/seat/seat"
import { stepKind } from "#crypto/seat/step"
import { stepKek, unwrapSecret } from "#crypto/seat/wrap"
import { clientCodec, serviceCodec } from "#crypto/wire/wire"
import type { Carried } from "./household.ts"
import type { SealedFrame } from "./person.ts"

/** How many epochs a KEK is stepped forward in search of a wrap it opens. */
const kekReach = 12
const wrapRecord = 52

/** What the attacker has made out: secrets by value, with where in the key schedule each stands. */
export interface Loot {
  /** secret(epoch, step) as "epoch/step", also those it got to by ratcheting. */
  readonly secrets: ReadonlySet<string>
  readonly frames: readonly SealedFrame[]
  /** Chat lines it could read, in the order they were carried. */
  readonly lines: readonly string[]
  readonly seats: number
  readonly wraps: number
}

interface Public {
  readonly space: SpaceId
  readonly commits: readonly { readonly epoch: number; readonly step: number; readonly commit: Bytes }[]
  readonly views: ReadonlyMap<number, readonly ObjectId[]>
  /** The Seats that were sealed to one KEM key, by that key in hex. */
  readonly seatsOf: (kemPub: string) => readonly SignedSeat[]
  readonly wraps: readonly Wrap[]
  readonly messages: readonly SignedAppMessage[]
}

interface Wrap {
  readonly head: ObjectId
  readonly serial: SeatSerial | undefined
  readonly wrap: Bytes
}

/**
 * Somebody with a few secrets and everything the key service and the network ever held or carried. It tries each secret
 * in every part it could play: KEM key, KEK of any row at any epoch, secret of any epoch and step, root of the next.
 */
export async function attack(
  p: Primitives,
  known: ReadonlySet<string>,
  carried: readonly Carried[],
  stored: readonly string[],
  frames: readonly SealedFrame[],
): Promise<Loot> {
  const open = read(p, carried, stored)
  const pool = [...known].filter((hex) => hex.length === 64).map(fromHex)
  const seen = new Set<string>()
  const secrets = new Map<string, { readonly view: ObjectId; readonly step: number; readonly secret: Bytes }>()
  let [seats, wraps] = [0, 0]
  const add = (value: Bytes): void => {
    if (!seen.has(toHex(value))) pool.push(value)
  }

  for (let value = pool.shift(); value !== undefined; value = pool.shift()) {
    const name = toHex(value)
    if (seen.has(name)) continue
    seen.add(name)
    for (const seat of open.seatsOf(toHex((await kemKeyPairOf(value)).publicKey))) {
      const opened = await openSeat(p, seat, seat.fields.request, value).catch(() => undefined)
      if (opened === undefined) continue
      seats++
      add(opened.kek)
      add(opened.secret)
    }
    for (let ahead = 0, kek = value; ahead < kekReach; ahead++) {
      for (const { head, serial, wrap } of open.wraps)
        for (const row of serial === undefined ? rowsUpTo(32) : [serial]) {
          const secret = unwrapSecret(p, kek, open.space, head, row, wrap)
          if (secret === undefined) continue
          wraps++
          add(secret)
        }
      kek = stepKek(p, { key: kek, epoch: 0 }, 1)?.key ?? kek
    }
    for (const { epoch, step, commit: said } of open.commits) {
      if (!equal(commit(p, open.space, epoch, step, value), said)) continue
      for (const view of open.views.get(epoch) ?? []) {
        let secret = value
        for (let at = step; at <= lastStep; at++) {
          if (at > step) secret = ratchet(p, secret, view, at)
          secrets.set(`${epoch}/${at}/${toHex(view)}`, { view, step: at, secret })
        }
        // the next root hangs on this one: it must not be all that it hangs on
        add(rootSecret(p, secret, new Uint8Array(32)))
        add(rootSecret(p, value, new Uint8Array(32)))
        add(p.expand(value, info("chain"), 32))
      }
    }
  }

  return {
    secrets: new Set([...secrets.keys()].map((key) => key.split("/").slice(0, 2).join("/"))),
    frames: frames.filter(({ bytes }) => {
      const kid = decodeKid(Number(decodeHeader(bytes)?.kid ?? 0))
      if (kid === undefined) return false
      const views = [...open.views].filter(([epoch]) => epochTag(epoch) === kid.tag).flatMap(([, view]) => view)
      const made = [...secrets.values()].filter(({ view, step }) => step === kid.step && views.includes(view))
      return (
        made.some(({ view, secret }) => opens(p, secret, view, bytes)) ||
        [...seen].some((hex) => views.some((view) => opens(p, fromHex(hex), view, bytes)))
      )
    }),
    lines: open.messages.flatMap(({ fields, bytes }) => {
      const views = open.views.get(fields.epoch) ?? []
      const made = [...secrets.values()].filter(({ view, step }) => step === fields.step && views.includes(view))
      const tries = [
        ...made.map(({ secret, view }) => [secret, view] as const),
        ...[...seen].flatMap((hex) => views.map((view) => [fromHex(hex), view] as const)),
      ]
      for (const [secret, view] of tries) {
        const key = p.expand(secret, info("app", view, uint(fields.serial, 4)), 32)
        const body = p.open(key, fields.nonce, bytes.subarray(0, appHeaderBytes), fields.ct)
        const content = body && unpadContent(body)
        if (content?.TAG === "chat") return [content.data.text]
      }
      return []
    }),
    seats,
    wraps,
  }
}

function opens(p: Primitives, secret: Bytes, view: ObjectId, frame: Bytes): boolean {
  const header = decodeHeader(frame)
  if (header === undefined) return false
  const keys = sframeKeys(roomSuite, sframeBase(p, secret, view), header.kid)
  return openFrame(roomSuite, keys, new Uint8Array(0), frame) !== undefined
}

const rowsUpTo = (most: number): readonly SeatSerial[] => Array.from({ length: most }, (_, i) => (i + 1) as SeatSerial)

/** Everything public in what was carried and stored. */
function read(p: Primitives, carried: readonly Carried[], stored: readonly string[]): Public {
  const objects = new Map<string, Bytes>()
  const wraps = new Map<string, Wrap>()
  const note = (bytes: Bytes): void => void objects.set(toHex(bytes), bytes)
  const noteWraps = (head: ObjectId, joined: Bytes): void => {
    for (let at = 0; at + wrapRecord <= joined.length; at += wrapRecord) {
      const serial = joined.subarray(at, at + 4).reduce((sum, byte) => sum * 256 + byte, 0) as SeatSerial
      const wrap = joined.slice(at + 4, at + wrapRecord)
      wraps.set(toHex(wrap), { head, serial, wrap })
    }
  }
  const noteOwn = (head: ObjectId, wrap: Bytes): void => {
    if (!wraps.has(toHex(wrap))) wraps.set(toHex(wrap), { head, serial: undefined, wrap })
  }

  for (const { way, bytes } of carried) {
    if (way === "to-member") {
      const { TAG, data } = serviceCodec.decode(bytes)
      if (TAG === "state") for (const bundle of data.heads) note(bundle.head)
      if (TAG === "state") for (const one of [...data.step, ...data.seats]) note(one)
      if (TAG === "head") note(data.head)
      if (TAG === "step") note(data.step)
      if (TAG === "seat") note(data.seat)
      if (TAG === "wrap") noteOwn(data.head, data.wrap)
    } else {
      const { TAG, data } = clientCodec.decode(bytes)
      if (TAG === "head") {
        note(data.bundle.head)
        noteWraps(headKind.decode(p, data.bundle.head).id, data.wraps)
      }
      if (TAG === "request") note(data.request)
      if (TAG === "batch") for (const one of [data.step, ...data.seats]) note(one)
      if (TAG === "wraps") noteWraps(data.head, data.wraps)
      if (TAG === "app") note(data.message)
    }
  }
  // stored blobs, as the dump writes them: {"type":"Buffer","data":[…]}
  const blobs: Bytes[] = []
  for (const dump of stored)
    for (const [, list] of dump.matchAll(/"type":"Buffer","data":\[([\d,]*)\]/g))
      blobs.push(Uint8Array.from((list ?? "").split(",").map(Number)))
  for (const blob of blobs) note(blob)

  const heads = [...objects.values()].flatMap((bytes) => attempt(() => headKind.decode(p, bytes)))
  const steps = [...objects.values()].flatMap((bytes) => attempt(() => stepKind.decode(p, bytes)))
  const seats = [...objects.values()].flatMap((bytes) => attempt(() => seatKind.decode(p, bytes)))
  const requests = [...objects.values()].flatMap((bytes) => attempt(() => seatRequestKind.decode(p, bytes)))
  const messages = [...objects.values()].flatMap((bytes) => attempt(() => appMessageKind.decode(p, bytes)))
  const kemPubs = new Map(requests.map(({ id, fields }) => [toHex(id), toHex(fields.kemPub)]))
  const views = new Map<number, ObjectId[]>()
  for (const head of heads)
    if (equal(viewOf(head), head.id)) views.set(head.fields.epoch, [...(views.get(head.fields.epoch) ?? []), head.id])
  for (const blob of blobs)
    if (blob.length === 48)
      // one that was carried too is known by its bytes; any other may be of any epoch
      for (const view of [...views.values()].flat()) noteOwn(view, blob)
  const space = heads[0]?.fields.space
  if (space === undefined) throw new Error("Nothing was carried.")
  return {
    space,
    commits: [...heads, ...steps].map(({ fields }) => ({
      epoch: fields.epoch,
      step: fields.step,
      commit: fields.commit,
    })),
    views,
    seatsOf: (kemPub) => seats.filter(({ fields }) => kemPubs.get(toHex(fields.request)) === kemPub),
    wraps: [...wraps.values()],
    messages,
  }
}

function attempt<T>(work: () => T): readonly T[] {
  try {
    return [work()]
  } catch {
    return []
  }
}
