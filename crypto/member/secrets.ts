import type { Bytes } from "../base/bytes.ts"
import type { SeatSerial } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import type { BatchPost, HeadPost, Leading } from "./leadership.ts"
import type { Turn } from "./turn.ts"
import type { Asked, MemberState } from "./types.ts"

/** Every secret of a member but those it comes back with: the link's seed, the seat key, and a host's own keys. */
export function secretsOf(state: MemberState): readonly Bytes[] {
  const { seated, secret, request, answered, lead, asked, conversation } = state
  return [
    ...(seated?.keks ?? []).map(({ key }) => key),
    ...[secret?.secret, request?.kemSecret, answered?.kemSecret].flatMap((key) => key ?? []),
    ...(lead === undefined ? [] : secretsOfLead(lead)),
    ...[...asked.values()].flatMap(secretsOfAsked),
    ...conversation.secrets.map((kept) => kept.secret),
  ]
}

/** Every secret of the leading half, what is under way to the service included. */
export function secretsOfLead({ keks, secret, wraps, inflight }: Leading): readonly Bytes[] {
  return [
    ...[...keks.values()].map(({ key }) => key),
    ...[secret?.secret, wraps?.secret].flatMap((one) => one ?? []),
    ...(inflight === undefined ? [] : secretsOfPost(inflight)),
  ]
}

/** The secret that a Head or Step commits to (for a beat and a takeover it is the leader's own), and a batch's KEKs. */
export function secretsOfPost(post: HeadPost | BatchPost): readonly Bytes[] {
  const keks = post.kind === "batch" ? [...post.keks.values()].map(({ key }) => key) : []
  return [post.secret.secret, ...keks]
}

/** The KEK of a row, if it is known. */
export const keyOf = ({ keks }: Leading, serial: SeatSerial): readonly Bytes[] => {
  const kek = keks.get(serial)
  return kek === undefined ? [] : [kek.key]
}

/** A post is over and has come to nothing: wipes what it held, but not what its leader goes on with. */
export function dropPost({ state, consumed }: Turn, post: HeadPost | BatchPost): void {
  const kept = state.lead?.secret?.secret
  consumed.push(...secretsOfPost(post).filter((secret) => secret !== kept))
}

function secretsOfAsked(asked: Asked): readonly Bytes[] {
  if (asked.kind === "post") return secretsOfPost(asked.post)
  return asked.kind === "invite" ? [asked.invite.seed] : []
}

/** The same primitives; whatever they draw, derive or open that may be a secret is added to `drawn`. */
export function noting(p: Primitives, drawn: Uint8Array[]): Primitives {
  const note = <T extends Uint8Array | undefined>(bytes: T): T => {
    if (bytes !== undefined) drawn.push(bytes)
    return bytes
  }
  return {
    ...p,
    random: (length) => note(p.random(length)),
    extract: (salt, input) => note(p.extract(salt, input)),
    expand: (secret, info, length) => note(p.expand(secret, info, length)),
    open: (key, nonce, aad, ciphertext) => note(p.open(key, nonce, aad, ciphertext)),
    kemKeyPair: async () => {
      const pair = await p.kemKeyPair()
      note(pair.secretKey)
      return pair
    },
    hpkeOpen: async (secretKey, enc, info, aad, ct) => note(await p.hpkeOpen(secretKey, enc, info, aad, ct)),
  }
}
