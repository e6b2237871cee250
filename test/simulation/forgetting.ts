import { sql, type Kysely } from "kysely"
import type { Schema } from "../../server/db/schema.ts"

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Everything a database holds, so that it can be brought back to it: the bug of a service that does not wait for its disk. */
export async function remember(db: Kysely<Schema>): Promise<() => Promise<void>> {
  const kept: { readonly name: string; readonly rows: Rows }[] = []
  for (const { name } of await db.introspection.getTables()) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db)
    kept.push({ name, rows })
  }
  return () =>
    db.transaction().execute(async (tx) => {
      await sql`pragma defer_foreign_keys = on`.execute(tx)
      for (const { name } of kept) await sql`delete from ${sql.table(name)}`.execute(tx)
      for (const { name, rows } of kept)
        for (const row of rows) {
          const columns = sql.join(Object.keys(row).map((column) => sql.ref(column)))
          const values = sql.join(Object.values(row))
          await sql`insert into ${sql.table(name)} (${columns}) values (${values})`.execute(tx)
        }
    })
}
