import { toBase64Url } from "#crypto/base/bytes"
import type { SpaceId } from "#crypto/base/ids"
import type { Primitives } from "#crypto/base/primitives"
import type { Proof } from "#crypto/member/alarms"
import type { ProofFile } from "./messages.ts"

const made = new WeakMap<Proof, ProofFile>()

/**
 * Two contradicting objects as a file for others: JSON, byte strings in base64url, the space as its SHA-256. All of it
 * is signed and public to the key service; nothing in it opens anything.
 */
export function proofFile(p: Primitives, space: SpaceId, proof: Proof): ProofFile {
  const known = made.get(proof)
  if (known !== undefined) return known
  const { kind, signer, a, b } = proof
  const content = {
    format: "sottovoce-proof-1",
    kind,
    space: toBase64Url(p.hash(space)),
    signer: toBase64Url(signer),
    a: toBase64Url(a),
    b: toBase64Url(b),
  }
  const name = `sottovoce-${kind}-${content.signer.slice(0, 8)}.json`
  const file = { kind, name, text: `${JSON.stringify(content, undefined, 2)}\n` }
  made.set(proof, file)
  return file
}
