import { expect, test } from "vitest"
import { inviteActs, readDraft, type InviteDraft } from "../../web/invite/invite-draft.ts"

const draft: InviteDraft = { label: " Reading circle ", role: "listener", whom: "group", uses: "20", lifetimeHours: 24 }

test("a group link says how many may come in", () => {
  expect(readDraft(draft, [])).toEqual({
    kind: "invite",
    label: "Reading circle",
    role: "listener",
    personal: false,
    uses: 20,
    lifetimeMs: 86_400_000,
  })
})

test("a personal link is never used up: a new device replaces the older one", () => {
  expect(readDraft({ ...draft, whom: "person", uses: "no number" }, [])).toMatchObject({ personal: true, uses: 0 })
})

test.each(["0", "1", "9999", "10000", " 5 "])("%j people may come in", (uses) => {
  expect(readDraft({ ...draft, uses }, [])).toMatchObject({ uses: Number(uses) })
})

test.each(["", "-1", "1.5", "10001", "99999", "1e3", "many"])("%j is no number of people", (uses) => {
  expect(readDraft({ ...draft, uses }, [])).toBe("usesWrong")
})

test("a link without a label would not be told apart from the others", () => {
  expect(readDraft({ ...draft, label: "  " }, [])).toBe("labelMissing")
})

const cohost = { role: "cohost", state: "open" } as const

test("a co-host is always one person", () => {
  expect(readDraft({ ...draft, role: "cohost" }, [])).toMatchObject({ role: "cohost", personal: true, uses: 0 })
})

test("a fourth co-host is refused until one of the three links is revoked", () => {
  const three = [cohost, { ...cohost, state: "expired" as const }, { ...cohost, state: "burnt" as const }]
  expect(readDraft({ ...draft, role: "cohost" }, three)).toBe("cohostsFull")
  expect(readDraft({ ...draft, role: "moderator" }, three)).toMatchObject({ role: "moderator" })
  const revoked = [...three.slice(1), { ...cohost, state: "revoked" as const }]
  expect(readDraft({ ...draft, role: "cohost" }, revoked)).toMatchObject({ role: "cohost" })
})

test("a link behind which people knock offers a new one first", () => {
  expect(inviteActs({ role: "listener", state: "knock" })).toEqual(["renew", "open", "revoke"])
})

test("a link that works no more offers a new one; a co-host's place is given back first", () => {
  for (const state of ["burnt", "expired", "used-up"] as const) {
    expect(inviteActs({ role: "speaker", state })).toEqual(["renew"])
    expect(inviteActs({ role: "cohost", state })).toEqual(["revoke"])
  }
  expect(inviteActs({ role: "cohost", state: "revoked" })).toEqual([])
})
