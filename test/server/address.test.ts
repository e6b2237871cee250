import type { IncomingMessage } from "node:http"
import { expect, test } from "vitest"
import { addressOf } from "../../server/http/address.ts"

const from = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } }) as unknown as IncomingMessage
const limitOf = (remoteAddress: string, forwarded?: string) => addressOf(from(remoteAddress, forwarded), ["127.0.0.1"])

test("whoever has an IPv6 network is one client, whichever of its addresses it comes from", () => {
  expect(limitOf("2001:db8:1:2:3:4:5:6")).toBe(limitOf("2001:0db8:0001:0002::1"))
  expect(limitOf("2001:db8::1")).toBe(limitOf("2001:db8:0:0:ffff::"))
  expect(limitOf("::1")).toBe("0:0:0:0")
  expect(limitOf("2001:db8:1:2::1")).not.toBe(limitOf("2001:db8:1:3::1"))
})

test("IPv4 clients are told apart, also on a socket for both kinds and behind a proxy that is trusted", () => {
  expect(limitOf("::ffff:192.0.2.1")).toBe("192.0.2.1")
  expect(limitOf("127.0.0.1", "198.51.100.1, 192.0.2.7")).toBe("192.0.2.7")
  expect(limitOf("127.0.0.1", "::ffff:192.0.2.8")).toBe("192.0.2.8")
  expect(limitOf("127.0.0.1", "2001:db8::5")).toBe("2001:db8:0:0")
})

test("what a proxy says that nobody trusts is not believed", () => {
  expect(limitOf("192.0.2.1", "198.51.100.1")).toBe("192.0.2.1")
  expect(limitOf("127.0.0.1")).toBe("127.0.0.1")
})
