import { Migrator } from "kysely/migration"
import { spacesMigration } from "./migrations/0001-spaces.ts"
import { messagesMigration } from "./migrations/0002-messages.ts"
import { waitingKeysMigration } from "./migrations/0003-waiting-keys.ts"
import type { Database } from "./schema.ts"

const migrations = {
  "0001-spaces": spacesMigration,
  "0002-messages": messagesMigration,
  "0003-waiting-keys": waitingKeysMigration,
}

/** Brings a database to the newest schema. @throws Error if a migration fails; the database is then as it was. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw new Error("The database could not be brought up to date.", { cause: error })
}
