import { fromHex } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import { helloKinds } from "#crypto/wire/wire"
import type { Reader } from "../db/schema.ts"
import type { Proof } from "../socket/connection.ts"

/** Whether a space has this key: its host's, a row's or a waiting request's, an invite's. One look at an index. */
export async function holdsKey(db: Reader, space: SpaceId, { kind, key }: Proof): Promise<boolean> {
  const bytes = fromHex(key)
  switch (kind) {
    case helloKinds.host: {
      const found = db.selectFrom("spaces").select("id").where("id", "=", space).where("host_pub", "=", bytes)
      return (await found.executeTakeFirst()) !== undefined
    }
    case helloKinds.invite: {
      const found = db.selectFrom("invites").select("id").where("space", "=", space).where("id", "=", bytes)
      return (await found.executeTakeFirst()) !== undefined
    }
    case helloKinds.seat: {
      const row = db.selectFrom("seats").select("serial").where("space", "=", space).where("seat_pub", "=", bytes)
      if ((await row.executeTakeFirst()) !== undefined) return true
      const asks = db.selectFrom("requests").select("n").where("space", "=", space).where("seat_pub", "=", bytes)
      return (await asks.limit(1).executeTakeFirst()) !== undefined
    }
  }
}
