import SQLite from "better-sqlite3"
import { Kysely, SqliteDialect } from "kysely"
import { migrate } from "../../../server/db/migrate.ts"
import type { Store } from "../../../server/db/open.ts"
import type { Schema } from "../../../server/db/schema.ts"
import { digestNow } from "./digest.ts"

/** A store in memory that can be looked through, and copied whole. */
export class MemoryStore implements Store {
  readonly db: Kysely<Schema>
  readonly #sqlite: SQLite.Database
  #selects: readonly SQLite.Statement[] | undefined

  private constructor(sqlite: SQLite.Database) {
    this.#sqlite = sqlite
    sqlite.pragma("foreign_keys = ON")
    this.db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) })
  }

  static async empty(): Promise<MemoryStore> {
    const store = new MemoryStore(new SQLite(":memory:"))
    await migrate(store.db)
    return store
  }

  static from(image: Buffer): MemoryStore {
    return new MemoryStore(new SQLite(image))
  }

  get image(): Buffer {
    return this.#sqlite.serialize()
  }

  /** Names of all rows, table by table. */
  get rows(): readonly (readonly string[])[] {
    this.#selects ??= this.#sqlite
      .prepare<[], { name: string }>("select name from sqlite_master where type = 'table' order by name")
      .all()
      .filter(({ name }) => !/^(kysely|sqlite)_/.test(name))
      .map(({ name }) => this.#sqlite.prepare(`select * from "${name}"`).raw())
    return this.#selects.map((select) =>
      select
        .all()
        .map((row) => digestNow(row))
        .sort(),
    )
  }

  async forgetDeleted(): Promise<void> {}

  async close(): Promise<void> {
    await this.db.destroy()
  }
}
