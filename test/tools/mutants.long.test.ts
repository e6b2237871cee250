import { expect, test } from "vitest"
import { mutants } from "../../tools/mutants/mutants.ts"
import { Workshop } from "../../tools/mutants/workshop.ts"
import { node } from "./command.ts"

interface Said {
  readonly ok: boolean
  readonly mutants: readonly { readonly name: string; readonly caught: boolean; readonly by: string }[]
}

/** What runs before a change is accepted plants them all; a plain npm test those of the frame path. */
const only = process.env["MUTANTS"] === "all" ? "" : "counter"

test("every planted bug is caught by the test named for it", { timeout: 900_000 }, async () => {
  const { status, stdout } = await node(["tools/mutants/run.ts", "--json", "--only", only])
  const said = JSON.parse(stdout) as Said
  expect(said.mutants.filter(({ caught }) => !caught)).toEqual([])
  expect([said.ok, status]).toEqual([true, 0])
})

test("no two planted bugs have one name, and there are enough of them", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.length).toBeGreaterThanOrEqual(25)
})

test("a bug that was planted before is gone when the next one is", { timeout: 120_000 }, async () => {
  const workshop = await Workshop.open()
  try {
    const [bug] = mutants
    if (bug === undefined) throw new Error("There is no bug to plant.")
    expect(await workshop.plant(bug)).not.toEqual([])
    const elsewhere = { file: "crypto/base/challenge.ts", find: "/**", replace: "/** " }
    expect(await workshop.plant({ ...bug, ...elsewhere })).toEqual([])
  } finally {
    await workshop.close()
  }
})

test(
  "a bug that no test catches is told from one that is caught, and one that cannot be planted is an error",
  { timeout: 120_000 },
  async () => {
    const workshop = await Workshop.open()
    try {
      const harmless = {
        name: "harmless",
        file: "crypto/base/challenge.ts",
        find: "import",
        replace: "import",
        test: "test/crypto/labels.test.ts",
        title: "",
      }
      const text = { ...harmless, find: "/**", replace: "/** " }
      expect(await workshop.plant(text).catch(String)).toEqual([])
      await expect(workshop.plant({ ...harmless, find: "nowhere to be found" })).rejects.toThrow("cannot be planted")
      await expect(workshop.plant({ ...text, title: "no such title" })).rejects.toThrow(
        "names a test that is not there",
      )
    } finally {
      await workshop.close()
    }
  },
)
