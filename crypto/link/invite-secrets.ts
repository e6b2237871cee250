import { concat, uint, wipe, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import type { SpaceId } from "../base/ids.ts"
import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"
import type { Link } from "./link.ts"

/** The secrets a link's seed gives: wiped by whoever asked for them. */
export interface InviteSecrets {
  /** Ed25519 seed of the invite key. */
  readonly keySeed: Bytes
  /** Key of `cardWrap`. */
  readonly cardKeyWrapKey: Bytes
}

/** Derives an invite's secrets from its link: HKDF with the space as salt. */
export function inviteSecrets(p: Primitives, link: Pick<Link, "space" | "seed">): InviteSecrets {
  const root = p.extract(link.space, link.seed)
  const secrets = { keySeed: p.expand(root, info("invite"), 32), cardKeyWrapKey: p.expand(root, info("card"), 32) }
  wipe(root)
  return secrets
}

/** Wraps the card key for one invite; each wrap key is used for this one message, so the nonce is fixed. */
export function wrapCardKey(p: Primitives, wrapKey: Uint8Array, space: SpaceId, cardKey: Uint8Array): Bytes {
  return p.seal(wrapKey, uint(0, 12), concat(space), cardKey)
}

/** The inverse of {@link wrapCardKey}. @throws VerifyError `bad-card-wrap` */
export function unwrapCardKey(p: Primitives, wrapKey: Uint8Array, space: SpaceId, cardWrap: Uint8Array): Bytes {
  const cardKey = p.open(wrapKey, uint(0, 12), concat(space), cardWrap)
  if (cardKey === undefined) throw new VerifyError("bad-card-wrap", "This invite does not open its card.")
  return cardKey
}
