import { sql, type Kysely } from "kysely"

const statements = [
  sql`create table messages (
    id integer primary key autoincrement not null, space blob not null, serial integer not null, n integer not null,
    bytes blob not null, unique (space, serial, n),
    foreign key (space, serial) references seats (space, serial) on delete cascade)`,
  sql`create table certs (
    space blob not null, serial integer not null, bytes blob not null, primary key (space, serial),
    foreign key (space, serial) references seats (space, serial) on delete cascade)`,
]

/** What seats say to each other, as long as its epoch lives, and whose word the audience takes for its own rows. */
export const messagesMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db)
  },
}
