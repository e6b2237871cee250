import { expect, test } from "vitest"
import { readDraft, type InviteDraft } from "../../web/invite/invite-draft.ts"

const draft: InviteDraft = { label: " Reading circle ", role: "listener", whom: "group", uses: "20", lifetimeHours: 24 }

test("a group link says how many may come in", () => {
  expect(readDraft(draft)).toEqual({
    kind: "invite",
    label: "Reading circle",
    role: "listener",
    personal: false,
    uses: 20,
    lifetimeMs: 86_400_000,
  })
})

test("a personal link is never used up: a new device replaces the older one", () => {
  expect(readDraft({ ...draft, whom: "person", uses: "no number" })).toMatchObject({ personal: true, uses: 0 })
})

test.each(["0", "1", "9999", "10000", " 5 "])("%j people may come in", (uses) => {
  expect(readDraft({ ...draft, uses })).toMatchObject({ uses: Number(uses) })
})

test.each(["", "-1", "1.5", "10001", "99999", "1e3", "many"])("%j is no number of people", (uses) => {
  expect(readDraft({ ...draft, uses })).toBe("usesWrong")
})

test("a link without a label would not be told apart from the others", () => {
  expect(readDraft({ ...draft, label: "  " })).toBe("labelMissing")
})
