import type { Bytes } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import type { SignedCert } from "#crypto/message/seat-cert"
import type { Reader } from "../db/schema.ts"

/** Keeps the certificates that came with a batch; a row's newer one takes the place of the older. */
export async function putCerts(tx: Reader, space: SpaceId, certs: readonly SignedCert[]): Promise<void> {
  for (const { fields, bytes } of certs)
    await tx
      .insertInto("certs")
      .values({ space, serial: fields.serial, bytes })
      .onConflict((conflict) => conflict.columns(["space", "serial"]).doUpdateSet({ bytes }))
      .execute()
}

export async function certOf(db: Reader, space: SpaceId, serial: number): Promise<Bytes | undefined> {
  const row = await db
    .selectFrom("certs")
    .select("bytes")
    .where("space", "=", space)
    .where("serial", "=", serial)
    .executeTakeFirst()
  return row?.bytes
}
