import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { policyKind } from "#crypto/link/policy"
import { headKind, reasons, type Head } from "#crypto/room/head"
import { judgeProof } from "../../audits/proof/proof.ts"
import { History } from "../support/history.ts"
import { kitTime, RoomKit } from "../support/room-kit.ts"
import { weakKeys } from "../support/weak-keys.ts"

const folder = mkdtempSync(join(tmpdir(), "audit-proof-"))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const kit = new RoomKit("proofs")
const { p, space, hostPub, hostSeed } = kit
let history: History
let fields: Head
let seed: Uint8Array
let signer: Uint8Array
let file: Record<string, string>
beforeAll(async () => {
  history = await History.open(kit, await kit.policy())
  seed = history.host.seatSeed
  signer = history.host.seatPub
  fields = headKind.decode(p, (await history.next()).head).fields
  file = fileOf("fork", signer, await head(), await head({ time: (kitTime + 1) as Head["time"] }))
})

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url")
const head = async (changes: Partial<Head> = {}, by = seed) =>
  (await headKind.sign(p, by, { ...fields, ...changes })).bytes
const fileOf = (kind: string, key: Uint8Array, a: Uint8Array, b: Uint8Array, of: Uint8Array = space) => ({
  format: "sottovoce-proof-1",
  kind,
  space: text(p.hash(of)),
  signer: text(key),
  a: text(a),
  b: text(b),
})
const isEvidence = (content: unknown): boolean => judgeProof(JSON.stringify(content)).ok

describe("a file that was saved beside a warning", () => {
  it("is evidence if one key signed two Heads for one place, and says which key", () => {
    const { ok, summary } = judgeProof(JSON.stringify(file))
    expect(ok).toBe(true)
    expect(summary).toContain(text(signer))
    expect(summary).toContain(`two different Heads for place ${fields.seq.toString()}`)
  })

  it("is evidence if a leader's next Head follows another than its own, but not if it took over", async () => {
    const next = { seq: fields.seq + 1, prev: p.random(32) as Head["prev"] }
    const [mine, taken] = [
      await head({ ...next, reason: reasons.beat }),
      await head({ ...next, reason: reasons.takeover }),
    ]
    expect(isEvidence(fileOf("fork", signer, await head(), mine))).toBe(true)
    expect(isEvidence(fileOf("fork", signer, await head(), taken))).toBe(false)
    const { id, bytes } = await headKind.sign(p, seed, fields)
    const follows = await head({ ...next, prev: id, reason: reasons.beat })
    expect(isEvidence(fileOf("fork", signer, bytes, follows))).toBe(false)
  })

  it("is evidence if the host's key signed two policies with one number, and none if the numbers differ", async () => {
    const [one, two] = [await kit.policy(), await kit.policy({ seats: 7 })]
    const later = await policyKind.sign(p, hostSeed, { ...two.fields, serial: two.fields.serial + 1 })
    expect(isEvidence(fileOf("host-key-twice", hostPub, one.bytes, two.bytes))).toBe(true)
    expect(isEvidence(fileOf("host-key-twice", hostPub, one.bytes, later.bytes))).toBe(false)
    expect(isEvidence(fileOf("fork", hostPub, one.bytes, two.bytes))).toBe(false)
  })

  it("is none if two keys signed, if it is one Head twice, or of another space", async () => {
    const other = await head({ time: (kitTime + 1) as Head["time"] }, p.random(32))
    expect(isEvidence(fileOf("fork", signer, await head(), other))).toBe(false)
    expect(isEvidence(fileOf("fork", signer, await head(), await head()))).toBe(false)
    const [a, b] = [await head(), await head({ time: (kitTime + 1) as Head["time"] })]
    expect(isEvidence(fileOf("fork", signer, a, b, p.random(16)))).toBe(false)
  })

  it("is none under a key that anybody can sign for", async () => {
    // Ed25519 lets R = S·B − k·A be the neutral element for every message, if A is.
    const forged = Buffer.concat([Buffer.of(1), Buffer.alloc(63)])
    const bodies = [await head(), await head({ time: (kitTime + 1) as Head["time"] })].map((one) =>
      one.subarray(0, -64),
    )
    const [a = forged, b = forged] = bodies.map((body) => Buffer.concat([body, forged]))
    for (const [name, key] of weakKeys(signer))
      expect([name, isEvidence(fileOf("fork", key, a, b))]).toEqual([name, false])
  })

  it("is none with any byte of it changed, cut off or added", () => {
    for (const part of ["a", "b", "signer", "space"] as const) {
      const bytes = Buffer.from(file[part] ?? "", "base64url")
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ 1
        expect(isEvidence({ ...file, [part]: text(changed) })).toBe(false)
      }
      expect(isEvidence({ ...file, [part]: text(bytes.subarray(1)) })).toBe(false)
      expect(isEvidence({ ...file, [part]: "" })).toBe(false)
      expect(isEvidence({ ...file, [part]: text(Buffer.concat([bytes, Buffer.of(0)])) })).toBe(false)
    }
    for (const rubbish of ["", "{}", "[]", "null", "{", JSON.stringify({ ...file, format: "else" })])
      expect(judgeProof(rubbish)).toMatchObject({ ok: false, figures: [] })
  })

  it("ends the command with 0 and one document if it is evidence, and with 2 if it is none", () => {
    const script = fileURLToPath(new URL("../../audits/run.ts", import.meta.url))
    for (const [content, status] of [
      [file, 0],
      [{ ...file, b: file["a"] }, 2],
    ] as const) {
      const path = join(folder, "file.json")
      writeFileSync(path, JSON.stringify(content))
      const run = spawnSync(process.execPath, [script, "--evidence", path, "--json"], { encoding: "utf8" })
      expect([run.status, (JSON.parse(run.stdout) as { ok: boolean }).ok]).toEqual([status, status === 0])
    }
  })
})
