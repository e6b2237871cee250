import { MessageChannel, MessagePort } from "node:worker_threads"
import { expect, test } from "vitest"
import type { KeysToPage, PageToKeys } from "../../web/keys/messages.ts"
import { KeysLink, type KeysPort } from "../../web/room/keys-link.ts"

/** A worker's page-side end in memory: `says` is what the worker would post. */
function fakeWorker() {
  const sent: PageToKeys[] = []
  const target = new EventTarget()
  const port: KeysPort = {
    postMessage: (message) => {
      sent.push(message)
    },
    addEventListener: (type: string, listener: (event: never) => void) => {
      target.addEventListener(type, listener as (event: Event) => void)
    },
  }
  const says = (data: KeysToPage): void => {
    target.dispatchEvent(new MessageEvent("message", { data }))
  }
  return { port, sent, says, breaks: () => target.dispatchEvent(new Event("error")) }
}

const nothing = (): void => undefined

test("each command gets its own reply, in whatever order the replies come", async () => {
  const worker = fakeWorker()
  const link = new KeysLink(worker.port, nothing, nothing, nothing)
  const first = link.command({ kind: "join" })
  const second = link.command({ kind: "sfu-token" })
  const ids = worker.sent.map((message) => (message.kind === "command" ? message.id : 0))
  expect(new Set(ids).size).toBe(2)
  worker.says({ kind: "reply", id: ids[1] ?? 0, value: { kind: "failed", problem: "offline" } })
  worker.says({ kind: "reply", id: ids[0] ?? 0, value: { kind: "done" } })
  expect(await first).toEqual({ kind: "done" })
  expect(await second).toEqual({ kind: "failed", problem: "offline" })
})

test("a worker that breaks answers everything that waits, and all that comes later", async () => {
  const worker = fakeWorker()
  let broken = 0
  const link = new KeysLink(
    worker.port,
    nothing,
    () => {
      broken++
    },
    nothing,
  )
  const waiting = link.command({ kind: "join" })
  worker.breaks()
  expect(await waiting).toEqual({ kind: "failed", problem: "internal" })
  expect(await link.command({ kind: "leave" })).toEqual({ kind: "failed", problem: "internal" })
  expect(broken).toBe(1)
})

test("the page gives its end of the workers' channel away", () => {
  const { port1, port2 } = new MessageChannel()
  const transferred: unknown[] = []
  const port: KeysPort = {
    postMessage: (_message, transfer) => {
      transferred.push(...transfer)
    },
    addEventListener: nothing,
  }
  new KeysLink(port, nothing, nothing, nothing).start("https://example.org", port1 as unknown as globalThis.MessagePort)
  expect(transferred).toEqual([port1])
  expect(port1).toBeInstanceOf(MessagePort)
  port2.close()
})

test("a Head or policy of the media server reaches the worker as it is, and one of the worker's goes out", () => {
  const worker = fakeWorker()
  const out: Uint8Array[] = []
  const link = new KeysLink(worker.port, nothing, nothing, (bytes) => out.push(bytes))
  link.notice(Uint8Array.of(4, 1))
  expect(worker.sent.at(-1)).toEqual({ kind: "notice", bytes: Uint8Array.of(4, 1) })
  worker.says({ kind: "notice", bytes: Uint8Array.of(2, 1) })
  expect(out).toEqual([Uint8Array.of(2, 1)])
})
