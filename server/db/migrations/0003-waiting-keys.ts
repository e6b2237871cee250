import { sql, type Kysely } from "kysely"

/** A socket's key is looked up before anything else of its space is read. */
export const waitingKeysMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index requests_by_key on requests (space, seat_pub)`.execute(db)
  },
}
