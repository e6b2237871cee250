import { afterEach, describe, expect, it } from "vitest"

import { inWords } from "./behaviour.ts"
import { keyServiceBehaviours } from "./key-service.ts"
import { Room } from "./room.ts"
import { expectCalm, expectNoSecretSaid, expectSeen, isSeen } from "./witness.ts"

const rows = keyServiceBehaviours.map((row) => [row.name, inWords(row.seen), row] as const)

describe("a key service that", { timeout: 60_000 }, () => {
  let room: Room
  afterEach(async () => {
    const broken = room.house.people.filter((person) => person.broken).map(({ who }) => who)
    await room.close()
    expect(broken).toEqual([])
  })

  it.each(rows)("%s: %s", async (_name, _outcome, { play, seen }) => {
    room = await Room.open(true)
    await play(room)
    await expectSeen(room, seen)
    expectNoSecretSaid(room)
  })

  it.each(rows)("does all of it but that ends calm (%s)", async (_name, _outcome, { play, seen }) => {
    room = await Room.open(false)
    await play(room)
    await expectCalm(room)
    expect(isSeen(room, seen)).toBe(false)
    expectNoSecretSaid(room)
  })
})
