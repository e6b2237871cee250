import { createHash } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { z } from "zod"
import type { Evidence } from "./evidence.ts"

const bytes = z.object({ base64: z.string() }).transform(({ base64 }) => new Uint8Array(Buffer.from(base64, "base64")))
const packet = z.object({
  at: z.number(),
  ssrc: z.number(),
  sequence: z.number(),
  timestamp: z.number(),
  extensions: z.array(z.object({ id: z.number(), bytes })),
  payload: bytes,
})
const outgoing = z.object({
  kind: z.enum(["request", "socket"]),
  method: z.string(),
  url: z.string(),
  headers: z.string(),
  body: bytes,
})
const schema = z.object({
  subject: z.string(),
  gatheredAt: z.string(),
  versions: z.record(z.string(), z.string()),
  missing: z.array(z.string()),
  frames: z.array(packet).exactOptional(),
  wire: z.array(packet).exactOptional(),
  spoken: z.array(bytes).exactOptional(),
  phases: z.array(z.object({ name: z.enum(["speaking", "muted"]), from: z.number(), to: z.number() })).exactOptional(),
  descriptions: z.array(z.object({ side: z.enum(["local", "remote"]), sdp: z.string() })).exactOptional(),
  joining: z
    .object({
      seed: bytes,
      spelled: z.string(),
      planted: z.array(z.string()),
      sent: z.array(outgoing),
      visible: z.array(z.string()),
    })
    .exactOptional(),
  secrets: z
    .array(z.object({ at: z.number(), epoch: z.number(), step: z.number(), view: bytes, secret: bytes }))
    .exactOptional(),
  removal: z.object({ askedAt: z.number(), headAt: z.number() }).exactOptional(),
})

/** Evidence as text; byte strings become {"base64": "…"}. It holds the secrets of the auditor's own space. */
export function writeEvidence(evidence: Evidence): string {
  return JSON.stringify(evidence, (_name, value: unknown) => {
    // Buffers arrive here already turned into plain objects by their own toJSON.
    if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString("base64") }
    if (isBufferJson(value)) return { base64: Buffer.from(value.data).toString("base64") }
    return value
  })
}

/** @throws if the text is not evidence as this version writes it. */
export function readEvidence(text: string): Evidence {
  return schema.parse(JSON.parse(text))
}

export async function saveEvidence(path: string, evidence: Evidence): Promise<void> {
  await writeFile(path, writeEvidence(evidence), { mode: 0o600 })
}

export async function loadEvidence(path: string): Promise<Evidence> {
  return readEvidence(await readFile(path, "utf8"))
}

/** SHA-256 over the written form: names the evidence in a report. */
export function digestEvidence(evidence: Evidence): string {
  return createHash("sha256").update(writeEvidence(evidence)).digest("hex")
}

function isBufferJson(value: unknown): value is { type: "Buffer"; data: number[] } {
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer" && "data" in value
}
