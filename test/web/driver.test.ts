import { expect, test } from "vitest"

import type { EpochMs } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createSpace } from "#crypto/member/start"
import type { Input, MemberState, Output } from "#crypto/member/types"
import type { CourierEvents } from "../../web/courier/courier.ts"
import { Driver, type DriverPorts } from "../../web/keys/driver.ts"

const { state: start, record } = await createSpace(p, 0 as EpochMs, { title: "T", hostName: "H", language: "en" })
const send: Output = { kind: "send", message: { TAG: "sync", data: { ref: 1, since: 0 } } }
const wiped: Output = { kind: "media", order: { kind: "wipe" } }

type Plan = (state: MemberState, input: Input) => Partial<{ state: MemberState; out: Output[]; consumed: Uint8Array[] }>

/** A driver whose machine follows a plan, and everything it did in order. */
function drive(plan: Plan, ports: Partial<DriverPorts> = {}) {
  const done: string[] = []
  let events: CourierEvents | undefined
  let tick: () => void = () => undefined
  const driver = new Driver(start, {
    step: async (state, input) => ({ state, out: [], consumed: [], ...plan(state, input) }),
    p,
    now: () => 0 as EpochMs,
    monotonic: () => 0,
    every(_ms, run) {
      tick = run
      return () => done.push("ticks ended")
    },
    connect(given) {
      events = given
      return {
        send: ({ TAG }) => done.push(`send ${TAG}`),
        stop: () => done.push("socket closed"),
        hangUp: () => done.push("hung up"),
      }
    },
    persist: async () => {
      done.push("stored")
    },
    forget: async () => {
      done.push("forgotten")
    },
    notice: () => undefined,
    media: ({ kind }) => done.push(`media ${kind}`),
    changed: ({ phase }) => done.push(`changed ${phase}`),
    broken: () => done.push("broken"),
    ...ports,
  })
  if (events === undefined) throw new Error("The driver did not connect.")
  return { driver, done, events, tick: () => tick() }
}

/** A promise that the test settles itself. */
function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open: () => open() }
}

/** Resolves when everything pushed so far has been worked off. */
async function idle(driver: Driver): Promise<void> {
  await driver.command({ kind: "join" })
}
const answer = (input: Input): Output[] =>
  input.kind === "command" ? [{ kind: "reply", id: input.id, value: { kind: "done" } }] : []

test("nothing is sent before the record it depends on is stored", async () => {
  const disk = gate()
  const { driver, done } = drive(
    (_state, input) => ({ out: input.kind === "online" ? [{ kind: "persist", record }, send, wiped] : answer(input) }),
    { persist: () => disk.promise },
  )
  driver.push({ kind: "online" })
  const after = idle(driver)
  await Promise.resolve()
  expect(done).toEqual([])
  disk.open()
  await after
  expect(done).toEqual(["send sync", "media wipe"])
})

test("a record that cannot be stored stops everything: no send, keys wiped, open commands answered", async () => {
  const broken = gate()
  const { driver, done } = drive(
    (_state, input) => (input.kind === "online" ? { out: [{ kind: "persist", record }, send] } : {}),
    {
      persist: () => Promise.reject(new Error("the disk is full")),
      broken: () => broken.open(),
    },
  )
  const reply = driver.command({ kind: "sfu-token" })
  driver.push({ kind: "online" })
  await broken.promise
  expect(await reply).toEqual({ kind: "failed", code: "internal" })
  expect(done).toEqual(["ticks ended", "socket closed", "media wipe"])
})

test("a machine that throws takes no further input, and its keys are wiped", async () => {
  const broken = gate()
  const inputs: string[] = []
  const { driver, done } = drive(
    (_state, input) => {
      inputs.push(input.kind)
      throw new Error("a bug")
    },
    { broken: () => broken.open() },
  )
  driver.push({ kind: "online" })
  await broken.promise
  driver.push({ kind: "tick" })
  expect(await driver.command({ kind: "join" })).toEqual({ kind: "failed", code: "internal" })
  expect(inputs).toEqual(["online"])
  expect(done).toContain("media wipe")
})

test("inputs are worked off one at a time, in the order they came", async () => {
  let running = 0
  const seen: string[] = []
  const { driver, events } = drive(() => ({}), {
    step: async (state, input) => {
      expect(++running).toBe(1)
      await Promise.resolve()
      seen.push(input.kind)
      running--
      return { state, out: answer(input), consumed: [] }
    },
  })
  events.online()
  events.message({ TAG: "presence", data: { leader: true } })
  events.offline()
  await idle(driver)
  expect(seen).toEqual(["online", "message", "offline", "command"])
})

test("spent secrets are wiped after the orders that carry them went out", async () => {
  const secret = p.random(32)
  let carried: number | undefined
  const order = {
    kind: "epoch",
    space: start.space,
    view: p.random(32),
    epoch: 1,
    step: 0,
    secret,
    indices: [],
    seats: [],
    cell: 120,
  } as const
  const { driver } = drive(
    (_state, input) => ({
      out: input.kind === "online" ? [{ kind: "media", order }] : answer(input),
      consumed: input.kind === "online" ? [secret] : [],
    }),
    { media: (given) => (carried = given.kind === "epoch" ? Math.max(...given.secret) : undefined) },
  )
  driver.push({ kind: "online" })
  await idle(driver)
  expect(carried).toBeGreaterThan(0)
  expect(Math.max(...secret)).toBe(0)
})

test("whoever asked sees the change before the answer", async () => {
  const { driver, done } = drive((state, input) => ({ state: { ...state, phase: "card" }, out: answer(input) }))
  await driver.command({ kind: "join" }).then(() => done.push("answered"))
  expect(done).toEqual(["changed card", "answered"])
})

test("a command that waits for the service fails when the service goes away, those behind it do not", async () => {
  const { driver } = drive((_state, input) =>
    input.kind === "command" && input.command.kind === "join" ? { out: answer(input) } : {},
  )
  const token = driver.command({ kind: "sfu-token" })
  driver.push({ kind: "offline" })
  const join = driver.command({ kind: "join" })
  expect(await token).toEqual({ kind: "failed", code: "offline" })
  expect(await join).toEqual({ kind: "done" })
})

test("a member that is out answers with the reason", async () => {
  const { driver } = drive((state) => ({ state: { ...state, phase: "gone", problem: "removed" } }))
  expect(await driver.command({ kind: "sfu-token" })).toEqual({ kind: "failed", code: "removed" })
})

test("a driver that was stopped in the middle of a turn stores and sends nothing of it", async () => {
  const hold = gate()
  const stepped = gate()
  const { driver, done } = drive(() => ({}), {
    step: async (state) => {
      await hold.promise
      queueMicrotask(() => stepped.open())
      return { state, out: [{ kind: "persist", record }, send], consumed: [] }
    },
  })
  driver.push({ kind: "online" })
  driver.stop("moved")
  hold.open()
  await stepped.promise
  expect(done).toEqual(["ticks ended", "socket closed", "media wipe"])
})

test("ticks do not pile up behind a slow turn, and end when the member is out", async () => {
  const kinds: string[] = []
  const { driver, tick } = drive((state, input) => {
    kinds.push(input.kind)
    return { out: answer(input), ...(input.kind === "online" ? { state: { ...state, phase: "gone" } } : {}) }
  })
  tick()
  tick()
  tick()
  await idle(driver)
  driver.push({ kind: "online" })
  await driver.command({ kind: "join" })
  tick()
  await driver.command({ kind: "join" })
  expect(kinds.filter((kind) => kind === "tick")).toHaveLength(2)
})

test("a driver that is stopped leaves no secret in memory, once the turn under way is over", async () => {
  const zeros = new Uint8Array(32)
  const holding = (secret: Uint8Array<ArrayBuffer>): MemberState => ({
    ...start,
    secret: { epoch: 1, step: 0, secret },
  })
  const first = drive((_state, input) => ({ state: holding(p.random(32)), out: answer(input) }))
  await idle(first.driver)
  const held = first.driver.state.secret?.secret
  expect(held).not.toEqual(zeros)
  first.driver.stop("moved")
  expect(held).toEqual(zeros)

  const disk = gate()
  const kept = p.random(32)
  const second = drive(() => ({ state: holding(kept), out: [{ kind: "persist", record }] }), {
    persist: () => disk.promise,
  })
  second.driver.push({ kind: "online" })
  await Promise.resolve()
  second.driver.stop("moved")
  // what is being stored may be part of it
  expect(kept).not.toEqual(zeros)
  disk.open()
  await new Promise((resolve) => setImmediate(resolve))
  expect(kept).toEqual(zeros)
})
