import type { Kysely, Transaction } from "kysely"
import type { HeadTables } from "../head/head.table.ts"
import type { InviteTables } from "../invite/invite.table.ts"
import type { MessageTables } from "../message/message.table.ts"
import type { SeatTables } from "../seat/seat.table.ts"
import type { IdentityTables } from "../sfu/identity.table.ts"
import type { SpaceTables } from "../space/space.table.ts"

/** All tables: the sum of the nouns' own. SECURITY.md lists every column with its lifetime. */
export interface Schema extends SpaceTables, InviteTables, HeadTables, SeatTables, MessageTables, IdentityTables {}

export type Database = Kysely<Schema>
/** A database or a transaction in it. */
export type Reader = Kysely<Schema> | Transaction<Schema>
