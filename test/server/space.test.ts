import { afterEach, beforeEach, expect, test } from "vitest"
import { concat } from "#crypto/base/bytes"
import type { EpochMs } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { createCodec } from "#crypto/wire/wire"
import { garbage } from "../support/garbage.ts"
import { TestHost } from "../support/host.ts"
import { startTestService, type TestService } from "../support/service.ts"

let service: TestService
let host: TestHost
let body: Uint8Array<ArrayBuffer>

beforeEach(async () => {
  service = await startTestService()
  host = new TestHost(service.clock.now)
  body = await host.createBody([await host.makeInvite()])
})
afterEach(() => service.stop())

async function refusedUnchanged(bytes: Uint8Array<ArrayBuffer>, status: number, code: string, type?: string) {
  const before = await service.dump()
  const response = await service.post(bytes, type)
  const told: unknown = await response.json()
  expect({ status: response.status, body: told }).toEqual({ status, body: { code } })
  expect(await service.dump()).toBe(before)
}

test("a space is made once; the same message again changes nothing", async () => {
  expect((await service.post(body)).status).toBe(201)
  const before = await service.dump()
  expect((await service.post(body)).status).toBe(201)
  expect(await service.dump()).toBe(before)
})

test("a space cannot be made again with another message", async () => {
  await service.post(body)
  await refusedUnchanged(await host.createBody([]), 409, "not-available")
})

test("a space cannot be taken over with another host key", async () => {
  await service.post(body)
  const thief = new TestHost(service.clock.now)
  thief.policy = await thief.makePolicy({ space: host.space })
  const taken = createCodec.decode(await thief.createBody([]))
  await refusedUnchanged(createCodec.encode(taken), 409, "not-available")
})

test("bodies that are no message are refused", async () => {
  await refusedUnchanged(body.slice(0, -1), 400, "malformed")
  await refusedUnchanged(concat(body, Uint8Array.of(0)), 400, "malformed")
  await refusedUnchanged(new Uint8Array(0), 400, "malformed")
  await refusedUnchanged(garbage(500), 400, "malformed")
  await refusedUnchanged(new Uint8Array(65_537), 413, "oversized")
  await refusedUnchanged(body, 415, "malformed", "text/plain")
})

test("what another key has signed makes no space", async () => {
  const message = createCodec.decode(body)
  const stranger = p.publicKey(p.random(32))
  await refusedUnchanged(createCodec.encode({ ...message, hostPub: stranger }), 400, "bad-signature")
  const otherInvite = await new TestHost(service.clock.now).makeInvite()
  await refusedUnchanged(createCodec.encode({ ...message, invites: [otherInvite.signed.bytes] }), 400, "wrong-space")
  const forged = message.policy.slice()
  forged[forged.length - 65] = (forged[forged.length - 65] ?? 0) ^ 1
  await refusedUnchanged(createCodec.encode({ ...message, policy: forged }), 400, "bad-signature")
})

test("a host key that is no sound point is refused", async () => {
  const message = createCodec.decode(body)
  const smallOrder = new Uint8Array(32)
  smallOrder[0] = 1
  await refusedUnchanged(createCodec.encode({ ...message, hostPub: smallOrder }), 400, "weak-key")
})

test("a policy that has run out, reaches too far or is not the first makes no space", async () => {
  const message = createCodec.decode(body)
  const { now } = service.clock
  const times = [now - 3_600_001, now + 25 * 3_600_000 + 1]
  for (const notAfter of times) {
    host.policy = undefined
    const policy = await host.makePolicy({ notAfter: notAfter as EpochMs })
    await refusedUnchanged(createCodec.encode({ ...message, policy: policy.bytes }), 400, "bad-policy")
  }
  const second = await host.makePolicy({ serial: 2 })
  await refusedUnchanged(createCodec.encode({ ...message, policy: second.bytes }), 400, "bad-policy")
})

test("a card that has no size of a sealed card is refused", async () => {
  const message = createCodec.decode(body)
  await refusedUnchanged(createCodec.encode({ ...message, card: message.card.slice(1) }), 400, "bad-card")
})

test("one address makes a limited number of spaces in a row, and more later", async () => {
  const statuses = []
  for (let i = 0; i < 41; i++) statuses.push((await service.post(garbage(40))).status)
  expect(statuses.filter((status) => status === 429)).toHaveLength(1)
  service.clock.now = (service.clock.now + 1000) as EpochMs
  expect((await service.post(body)).status).toBe(201)
})
