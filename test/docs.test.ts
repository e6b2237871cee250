import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { openStore } from "../server/db/open.ts"

/** Kysely's own two tables: names of migrations, no data of anybody. */
const bookkeeping = (table: string): boolean => table.startsWith("kysely_")

test("SECURITY.md lists exactly the columns that are stored, each with what it is and how long it lives", async () => {
  const store = await openStore(":memory:")
  try {
    const tables = await store.db.introspection.getTables()
    const stored = tables
      .filter(({ name }) => !bookkeeping(name))
      .flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`))
    const rows = await documented()
    expect(rows.map(([table, column]) => `${table ?? ""}.${column ?? ""}`).sort()).toEqual(stored.sort())
    for (const cells of rows)
      expect(
        cells.every((cell) => cell.length > 0),
        cells.join(" | "),
      ).toBe(true)
  } finally {
    await store.close()
  }
})

async function documented(): Promise<readonly (readonly string[])[]> {
  const text = await readFile(new URL("../SECURITY.md", import.meta.url), "utf8")
  const section = text.split(/^## /m).find((part) => part.startsWith("What is stored\n")) ?? ""
  const lines = section.split("\n").filter((line) => line.startsWith("|"))
  const rows = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  return rows.slice(2)
}
