import { expect } from "vitest"

import { toHex, type Bytes } from "#crypto/base/bytes"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { Person } from "../support/person.ts"
import type { Seen } from "./behaviour.ts"
import { onStage, type Room } from "./room.ts"

/** Waits for what must be seen. @throws if it is not seen */
export async function expectSeen(room: Room, seen: Seen): Promise<void> {
  if (seen === "nothing changes") return expectCalm(room)
  if ("refused" in seen) {
    const person = room.called(seen.by)
    await person.until(() => person.refusals.has(seen.refused))
    if (person.state.phase === "gone") return
    room.relay.honest()
    return expectCalm(room)
  }
  if ("alarm" in seen) return room.called(seen.at).until(({ alarms }) => alarms.some(({ kind }) => kind === seen.alarm))
  if ("silent" in seen) {
    const { orders } = room.called(seen.at)
    await room.called(seen.at).until(({ sending }) => sending.silence === seen.silent && sending.epoch === undefined)
    expect(orders.filter(({ kind }) => kind === "send" || kind === "stall").at(-1)?.kind).toBe("stall")
    return
  }
  await room.called(seen.who).until(({ phase, problem }) => phase === "gone" && problem === seen.gone)
}

/** Whether what must be seen is there already: in a control it must not be. */
export function isSeen(room: Room, seen: Seen): boolean {
  if (seen === "nothing changes") return false
  if ("refused" in seen) return room.called(seen.by).refusals.has(seen.refused)
  if ("alarm" in seen) return room.called(seen.at).state.alarms.length > 0
  if ("silent" in seen) return room.called(seen.at).state.sending.silence !== undefined
  return room.called(seen.who).state.phase === "gone"
}

/** Nobody is alarmed, and everybody seated hears everybody on stage. */
export async function expectCalm(room: Room): Promise<void> {
  await room.settled()
  const present = room.present()
  const alarms = present.flatMap(({ who, state }) => state.alarms.map(({ kind }) => `${who}: ${kind}`))
  expect(alarms).toEqual([])
  const heard: string[] = []
  const wanted: string[] = []
  for (const speaker of present.filter((person) => onStage(person))) {
    const frame = await speaker.speak()
    for (const listener of present.filter((person) => person !== speaker)) {
      wanted.push(`${listener.who} hears ${speaker.who}`)
      if (await listener.hears(frame)) heard.push(`${listener.who} hears ${speaker.who}`)
    }
  }
  expect(wanted.length).toBeGreaterThan(0)
  expect(heard).toEqual(wanted)
}

/** No byte string that opens anything has gone to the service, from anybody, in any message. */
export function expectNoSecretSaid(room: Room): void {
  const said = room.house.carried.filter(({ way }) => way === "to-service").map(({ bytes }) => toHex(bytes))
  const found = (secret: Bytes): boolean => said.some((message) => message.includes(toHex(secret)))
  const secrets = room.house.people.flatMap(secretsOf)
  expect(secrets.length).toBeGreaterThan(5)
  // the search sees what is there: seat keys are shown with each request
  expect(room.house.people.flatMap(publicKeysOf).filter(found)).not.toEqual([])
  expect(secrets.filter(found).map(toHex)).toEqual([])
}

/** What a member must keep to itself: seeds, KEKs, and the secret of every epoch it was ever in. */
function secretsOf({ state, orders, record }: Person): readonly Bytes[] {
  const { seatSeed, inviteSeed, host, request, seated, secret, lead } = state
  const all = [
    ...orders.flatMap((order) => (order.kind === "epoch" ? [order.secret] : [])),
    ...[seatSeed, inviteSeed, host?.hostSeed, host?.cardKey, request?.kemSecret, secret?.secret, record?.seatSeed],
    ...(host?.invites ?? []).map(({ seed }) => seed),
    ...(seated?.keks ?? []).map(({ key }) => key),
    ...[...(lead?.keks.values() ?? [])].map(({ key }) => key),
  ]
  // what was wiped is zeros
  return all.flatMap((one) => (one?.some((byte) => byte !== 0) === true ? [one] : []))
}

const publicKeysOf = ({ state: { seatSeed } }: Person): readonly Bytes[] =>
  seatSeed === undefined ? [] : [p.publicKey(seatSeed)]
