import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import SQLite from "better-sqlite3"
import { Kysely, sql, SqliteDialect } from "kysely"
import { migrate } from "./migrate.ts"
import type { Database, Schema } from "./schema.ts"

/** An open store: Kysely over one SQLite connection. */
export interface Store {
  readonly db: Database
  /** Empties the write-ahead log, so that what was deleted is in no file any more. */
  forgetDeleted(): Promise<void>
  close(): Promise<void>
}

/** Opens (or makes) the SQLite file, `:memory:` for none, and brings its schema up to date. */
export async function openStore(path: string): Promise<Store> {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true })
  const sqlite = new SQLite(path)
  sqlite.pragma("journal_mode = WAL")
  // An accepted Head must survive a power cut: members have already moved on.
  sqlite.pragma("synchronous = FULL")
  // Deleted rows are overwritten with zeros.
  sqlite.pragma("secure_delete = ON")
  sqlite.pragma("foreign_keys = ON")
  sqlite.pragma("busy_timeout = 5000")
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) })
  await migrate(db)
  return {
    db,
    async forgetDeleted() {
      // Behind whatever transaction is open: within one SQLite refuses it.
      await sql`pragma wal_checkpoint(TRUNCATE)`.execute(db)
    },
    async close() {
      await db.destroy()
    },
  }
}
