import { fromBase64Url, toBase64Url, type Bytes } from "../base/bytes.ts"
import { CodecError } from "../base/errors.ts"
import type { SpaceId } from "../base/ids.ts"

/** What an invite link carries: the space in its path, the invite's seed and the host's public key in its fragment. */
export interface Link {
  readonly space: SpaceId
  /** 16 secret bytes from which the invite key and the card's wrap key derive. */
  readonly seed: Bytes
  /** Ed25519 public key of the host: the root of every check. */
  readonly hostPub: Bytes
}

const linkVersion = "1"

/** Writes `ORIGIN/s/SPACE#1.SEED.HOSTPUB`; the fragment never leaves a browser. */
export function formatLink(origin: string, link: Link): string {
  return `${origin}/s/${toBase64Url(link.space)}#${formatFragment(link)}`
}

/** The part after `#`. */
export function formatFragment(link: Link): string {
  return [linkVersion, toBase64Url(link.seed), toBase64Url(link.hostPub)].join(".")
}

/**
 * Reads a space id and a fragment (with or without its `#`).
 * @throws CodecError `bad-link`, `unknown-version` or `base64url`
 */
export function parseLink(space: string, fragment: string): Link {
  const parts = fragment.replace(/^#/, "").split(".")
  const [version, seed, hostPub] = parts
  if (version !== linkVersion && parts.length > 1)
    throw new CodecError("unknown-version", "This link is of a version we do not know.")
  if (parts.length !== 3 || seed === undefined || hostPub === undefined)
    throw new CodecError("bad-link", "This is not an invite link.")
  return {
    space: parseSpace(space),
    seed: exactly(fromBase64Url(seed), 16),
    hostPub: exactly(fromBase64Url(hostPub), 32),
  }
}

/** Reads a space id from a path. @throws CodecError `bad-link` or `base64url` */
export function parseSpace(text: string): SpaceId {
  return exactly(fromBase64Url(text), 16) as SpaceId
}

function exactly(bytes: Bytes, length: number): Bytes {
  if (bytes.length !== length) throw new CodecError("bad-link", "This is not an invite link.")
  return bytes
}
