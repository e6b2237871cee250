import { sql, type Kysely } from "kysely"

const statements = [
  sql`create table spaces (
    id blob primary key not null, host_pub blob not null, card blob not null, create_hash blob not null,
    sfu_room text not null, not_after integer not null, head_id blob, step integer not null)`,
  sql`create table policies (
    space blob not null references spaces (id) on delete cascade, id blob not null, serial integer not null,
    bytes blob not null, primary key (space, id))`,
  sql`create table invites (
    space blob not null references spaces (id) on delete cascade, id blob not null, bytes blob not null,
    primary key (space, id))`,
  sql`create table rosters (
    space blob not null references spaces (id) on delete cascade, hash blob not null, bytes blob not null,
    primary key (space, hash))`,
  sql`create table heads (
    space blob not null references spaces (id) on delete cascade, seq integer not null, id blob not null,
    policy blob not null, roster blob not null, bytes blob not null, wraps_complete integer not null,
    primary key (space, seq),
    foreign key (space, policy) references policies (space, id),
    foreign key (space, roster) references rosters (space, hash))`,
  sql`create table steps (
    space blob primary key not null references spaces (id) on delete cascade, bytes blob not null)`,
  sql`create table seats (
    space blob not null references spaces (id) on delete cascade, serial integer not null, seat_pub blob not null,
    invite_id blob not null, proof blob not null, role integer not null, place integer not null, n integer not null,
    primary key (space, serial), unique (space, seat_pub))`,
  sql`create table counters (
    space blob not null references spaces (id) on delete cascade, invite_id blob not null, used integer not null,
    state integer not null, primary key (space, invite_id))`,
  sql`create table requests (
    space blob not null references spaces (id) on delete cascade, id blob not null, seat_pub blob not null,
    invite_id blob not null, n integer not null, bytes blob not null, received_at integer not null,
    primary key (space, id))`,
  sql`create table wraps (
    space blob not null, epoch integer not null, serial integer not null, wrap blob not null,
    primary key (space, epoch, serial),
    foreign key (space, serial) references seats (space, serial) on delete cascade)`,
  sql`create index wraps_by_seat on wraps (space, serial)`,
  sql`create table sealed_seats (
    space blob not null, request blob not null, serial integer not null, bytes blob not null, made_at integer not null,
    primary key (space, request),
    foreign key (space, serial) references seats (space, serial) on delete cascade)`,
  sql`create index sealed_seats_by_seat on sealed_seats (space, serial)`,
  sql`create table leaves (
    space blob not null, serial integer not null, bytes blob not null, primary key (space, serial),
    foreign key (space, serial) references seats (space, serial) on delete cascade)`,
  sql`create table identities (
    identity text primary key not null, space blob not null references spaces (id) on delete cascade,
    serial integer not null, minted_at integer not null, joined_at integer, denied_at integer)`,
  sql`create index identities_by_seat on identities (space, serial)`,
]

/** The first tables. Everything hangs on its space, so that deleting the space deletes all of it. */
export const spacesMigration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db)
  },
}
