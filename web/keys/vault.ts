import { fromBase64Url, toBase64Url, wipe, type Bytes } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import { policyKind } from "#crypto/link/policy"
import type { VaultRecord } from "#crypto/member/types"
import { openDB, type DBSchema, type IDBPDatabase } from "idb"
import { decodeRecord, encodeRecord } from "./vault-record.ts"

/** What outlives a reload: one sealed record a space. */
export interface Vault {
  /** The record of a space; undefined if there is none, or none that opens. */
  read(space: SpaceId): Promise<VaultRecord | undefined>
  /** Resolves once the record is on the disk. */
  write(record: VaultRecord): Promise<void>
  forget(space: SpaceId): Promise<void>
  /** Deletes the records of spaces that ended by the clock, and those that do not open; not those of another version of this page. */
  sweep(now: number): Promise<void>
}

interface Sealed {
  readonly nonce: Bytes
  readonly sealed: ArrayBuffer
}

interface Schema extends DBSchema {
  keys: { key: string; value: CryptoKey }
  records: { key: string; value: Sealed }
}

const keyName = "vault"
/** The key service deletes a space an hour after its policy ran out. */
const graceMs = 3_600_000

/**
 * Opens the vault: IndexedDB, each record under AES-256-GCM with a key no script can read. It protects what is copied
 * from a disk or a backup without the browser's key store, not against somebody who runs code on this page.
 */
export async function openVault(p: Primitives): Promise<Vault> {
  const db = await openDB<Schema>("sottovoce", 1, {
    upgrade(fresh) {
      fresh.createObjectStore("keys")
      fresh.createObjectStore("records")
    },
  })
  const key = await vaultKey(db)

  /** What a seal holds, if it is one of ours: the record, or undefined where another version of this page wrote it. */
  async function open(
    space: Bytes,
    { nonce, sealed }: Sealed,
  ): Promise<readonly [VaultRecord | undefined] | undefined> {
    const bytes = await crypto.subtle
      .decrypt({ name: "AES-GCM", iv: nonce, additionalData: space, tagLength: 128 }, key, sealed)
      .then((plain) => new Uint8Array(plain))
      .catch(() => undefined)
    if (bytes === undefined) return undefined
    const record = decodeRecord(p, bytes)
    wipe(bytes)
    return [record]
  }

  return {
    async read(space) {
      // A write transaction waits for those before it, in whichever tab: a record is never read while it is replaced.
      const entry = await db.transaction("records", "readwrite").store.get(toBase64Url(space))
      return entry && (await open(space, entry))?.[0]
    },
    async write(record) {
      const plain = encodeRecord(record)
      const nonce = p.random(12)
      const algorithm = { name: "AES-GCM", iv: nonce, additionalData: record.space, tagLength: 128 }
      const sealed = await crypto.subtle.encrypt(algorithm, key, plain)
      wipe(plain)
      const write = db.transaction("records", "readwrite", { durability: "strict" })
      await write.store.put({ nonce, sealed }, toBase64Url(record.space))
      await write.done
    },
    async forget(space) {
      await db.delete("records", toBase64Url(space))
    },
    async sweep(now) {
      for (const name of await db.getAllKeys("records")) {
        const space = fromBase64Url(name)
        const entry = await db.get("records", name)
        const opened = entry && (await open(space, entry))
        const kept = opened?.[0]?.policy
        const over = kept !== undefined && policyKind.decode(p, kept).fields.notAfter + graceMs < now
        if (opened === undefined || over) await db.delete("records", name)
      }
    },
  }
}

/** The one key, made at the first visit. Two tabs may try at once: the first to store its key wins. */
async function vaultKey(db: IDBPDatabase<Schema>): Promise<CryptoKey> {
  const known = await db.get("keys", keyName)
  if (known !== undefined) return known
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
  const write = db.transaction("keys", "readwrite", { durability: "strict" })
  const first = await write.store.get(keyName)
  if (first === undefined) await write.store.put(fresh, keyName)
  await write.done
  return first ?? fresh
}
