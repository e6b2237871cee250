import { expect, test } from "vitest"

import { toBase64Url } from "#crypto/base/bytes"
import type { EpochMs } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import { formatLink, type Link } from "#crypto/link/link"
import { step } from "#crypto/member/member"
import type { VaultRecord } from "#crypto/member/types"
import type { Creation } from "../../web/courier/create-space.ts"
import { Keeper } from "../../web/keys/keeper.ts"
import type { RoomView } from "../../web/keys/messages.ts"
import type { SpaceLocks } from "../../web/keys/space-lock.ts"
import type { Vault } from "../../web/keys/vault.ts"

const origin = "https://sottovoce.example"

/** One browser: tabs share its vault and its locks. */
class Browser {
  readonly records = new Map<string, VaultRecord>()
  readonly #holders = new Map<string, { readonly stolen: () => void }>()

  readonly vault: Vault = {
    // a disk has bytes of its own
    read: async (space) => structuredClone(this.records.get(toBase64Url(space))),
    write: async (record) => void this.records.set(toBase64Url(record.space), structuredClone(record)),
    forget: async (space) => void this.records.delete(toBase64Url(space)),
    sweep: async () => undefined,
  }

  readonly locks: SpaceLocks = {
    hold: async (space, steal, stolen) => {
      const holder = this.#holders.get(space)
      if (holder !== undefined && !steal) return undefined
      const mine = { stolen }
      this.#holders.set(space, mine)
      holder?.stolen()
      return () => {
        if (this.#holders.get(space) === mine) this.#holders.delete(space)
      }
    },
  }

  /** A tab without a network: what it does before the key service says anything. */
  tab(creation: Creation = "created") {
    const views: RoomView[] = []
    const media: string[] = []
    const keeper = new Keeper({
      p,
      step,
      origin,
      now: () => Date.now() as EpochMs,
      monotonic: () => performance.now(),
      every: () => () => undefined,
      soon: (run) => queueMicrotask(run),
      connect: () => ({ send: () => undefined, stop: () => undefined, hangUp: () => undefined }),
      notice: () => undefined,
      media: ({ kind }) => media.push(kind),
      vault: async () => this.vault,
      locks: this.locks,
      postSpace: async () => creation,
      view: (view) => views.push(view),
    })
    return { keeper, views, media, last: () => views.at(-1) }
  }
}

const create = { kind: "create", title: "T", hostName: "H", language: "en", space: "invited" } as const

function someLink(): { readonly space: string; readonly link: string } {
  const link: Link = { space: p.random(16) as Link["space"], seed: p.random(16), hostPub: p.publicKey(p.random(32)) }
  return { space: toBase64Url(link.space), link: formatLink(origin, link) }
}

async function hosted(browser: Browser) {
  const tab = browser.tab()
  const made = await tab.keeper.handle(create)
  if (made.kind !== "created") throw new Error("The space was not created.")
  return { tab, space: made.space }
}

test("a new space is in the vault before its page hears of it", async () => {
  const browser = new Browser()
  const { tab, space } = await hosted(browser)
  expect(browser.records.get(space)?.host).toBeDefined()
  expect(tab.last()).toMatchObject({ space, inviteRole: "host", card: { title: "T", hostName: "H" } })
  expect(await tab.keeper.handle({ kind: "open", space, link: undefined })).toEqual({ kind: "done" })
})

test.each(["offline", "refused"] as const)(
  "a space that the service did not take (%s) is not kept",
  async (creation) => {
    const browser = new Browser()
    expect(await browser.tab(creation).keeper.handle(create)).toEqual({ kind: "failed", problem: creation })
    expect(browser.records.size).toBe(0)
  },
)

test.each([
  ["damaged", (link: string) => `${link.slice(0, -3)}!!!`],
  ["without its fragment", (link: string) => link.replace(/#.*/, "")],
  ["of another version", (link: string) => link.replace("#1.", "#9.")],
])("a link %s is said to be damaged", async (_what, damage) => {
  const { space, link } = someLink()
  const tab = new Browser().tab()
  expect(await tab.keeper.handle({ kind: "open", space, link: damage(link) })).toEqual({
    kind: "failed",
    problem: "bad-link",
  })
  expect(tab.last()).toMatchObject({ phase: "gone", problem: "bad-link" })
})

test("a space with neither a link nor a record has nothing to open", async () => {
  const tab = new Browser().tab()
  const { space } = someLink()
  expect(await tab.keeper.handle({ kind: "open", space, link: undefined })).toMatchObject({ problem: "bad-link" })
})

test("a second try needs no fragment: the keeper still has the link", async () => {
  const browser = new Browser()
  const { space, link } = someLink()
  const first = browser.tab()
  await first.keeper.handle({ kind: "open", space, link })
  const other = someLink()
  await first.keeper.handle({ kind: "open", space: other.space, link: other.link })
  expect(await first.keeper.handle({ kind: "open", space, link: undefined })).toEqual({ kind: "done" })
  expect(first.last()).toMatchObject({ phase: "opening", space })
})

test("the host's own keys go before a link to the same space", async () => {
  const browser = new Browser()
  const { tab, space } = await hosted(browser)
  const { link } = someLink()
  const fragment = link.slice(link.indexOf("#"))
  await tab.keeper.handle({ kind: "open", space, link: `${origin}/s/${space}${fragment}` })
  expect(tab.last()?.inviteRole).toBe("host")
})

test("a second tab is told where the space is; moving it there silences the first", async () => {
  const browser = new Browser()
  const { tab: first, space } = await hosted(browser)
  const second = browser.tab()
  await second.keeper.handle({ kind: "open", space, link: undefined })
  expect(second.last()?.phase).toBe("elsewhere")
  expect(first.last()?.phase).toBe("opening")

  expect(await second.keeper.handle({ kind: "move-here" })).toEqual({ kind: "done" })
  expect(second.last()).toMatchObject({ phase: "opening", inviteRole: "host" })
  expect(first.last()).toMatchObject({ phase: "gone", problem: "moved" })
  expect(first.media.at(-1)).toBe("wipe")

  // and back again
  await first.keeper.handle({ kind: "move-here" })
  expect(first.last()?.phase).toBe("opening")
  expect(second.last()).toMatchObject({ phase: "gone", problem: "moved" })
})

test("a command before anything is open is refused, not lost", async () => {
  expect(await new Browser().tab().keeper.handle({ kind: "join" })).toEqual({ kind: "failed", problem: "not-allowed" })
})

test("a browser whose vault does not open makes no space and says so", async () => {
  const browser = new Browser()
  const keeper = new Keeper({
    p,
    step,
    origin,
    now: () => Date.now() as EpochMs,
    monotonic: () => performance.now(),
    every: () => () => undefined,
    soon: (run) => queueMicrotask(run),
    connect: () => ({ send: () => undefined, stop: () => undefined, hangUp: () => undefined }),
    notice: () => undefined,
    media: () => undefined,
    vault: () => Promise.reject(new Error("private window")),
    locks: browser.locks,
    postSpace: () => Promise.reject(new Error("nobody may ask")),
    view: () => undefined,
  })
  expect(await keeper.handle(create)).toEqual({ kind: "failed", problem: "internal" })
})

test("a vault that cannot be read, or takes nothing, leaves the space to whoever asks next", async () => {
  const browser = new Browser()
  const { space } = await hosted(browser)
  const { read, write } = browser.vault
  const fails = async (): Promise<never> => {
    throw new Error("The disk is full.")
  }
  const tab = browser.tab()
  await tab.keeper.handle({ kind: "open", space, link: undefined })
  expect(tab.last()).toMatchObject({ phase: "elsewhere" })
  Object.assign(browser.vault, { read: fails, write: fails })
  expect(await tab.keeper.handle({ kind: "move-here" })).toEqual({ kind: "failed", problem: "internal" })
  expect(tab.last()).toMatchObject({ phase: "gone", problem: "internal" })
  expect((await browser.tab().keeper.handle(create)).kind).toBe("failed")
  Object.assign(browser.vault, { read, write })
  const next = browser.tab()
  expect(await next.keeper.handle({ kind: "open", space, link: undefined })).toEqual({ kind: "done" })
  expect(next.last()).toMatchObject({ space, inviteRole: "host" })
})
