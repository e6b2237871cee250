import type { Bytes } from "#crypto/base/bytes"
import type { SeatSerial, SpaceId } from "#crypto/base/ids"
import type { SignedAppMessage } from "#crypto/message/app-message"
import { maxTail } from "#crypto/wire/wire"
import type { Reader } from "../db/schema.ts"

/** A stored message and its sender's certificate, if the sender's row has one. */
export interface StoredMessage {
  readonly serial: number
  readonly bytes: Bytes
  readonly cert: Bytes | null
}

/** Keeps a message of the newest epoch; of each space the newest {@link maxTail} stay. */
export async function putMessage(tx: Reader, { fields, bytes }: SignedAppMessage): Promise<void> {
  const { space, serial, n } = fields
  await tx.insertInto("messages").values({ space, serial, n, bytes }).execute()
  await tx
    .deleteFrom("messages")
    .where("space", "=", space)
    .where("id", "not in", (query) =>
      query.selectFrom("messages").select("id").where("space", "=", space).orderBy("id", "desc").limit(maxTail),
    )
    .execute()
}

/** A new epoch: what was said in the old one is gone. */
export async function dropMessages(tx: Reader, space: SpaceId): Promise<void> {
  await tx.deleteFrom("messages").where("space", "=", space).execute()
}

/** What is kept, oldest first. */
export async function keptMessages(db: Reader, space: SpaceId): Promise<readonly StoredMessage[]> {
  return db
    .selectFrom("messages")
    .leftJoin("certs", (join) =>
      join.onRef("certs.space", "=", "messages.space").onRef("certs.serial", "=", "messages.serial"),
    )
    .select(["messages.serial", "messages.bytes", "certs.bytes as cert"])
    .where("messages.space", "=", space)
    .orderBy("messages.id")
    .execute()
}

/** The number of each seat's newest kept message. */
export async function newestNumbers(db: Reader, space: SpaceId): Promise<Map<SeatSerial, number>> {
  const rows = await db
    .selectFrom("messages")
    .select(({ fn }) => ["serial", fn.max("n").as("n")])
    .where("space", "=", space)
    .groupBy("serial")
    .execute()
  return new Map(rows.map(({ serial, n }) => [serial as SeatSerial, n]))
}
