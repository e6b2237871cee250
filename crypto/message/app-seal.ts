import { uint, wipe, type Bytes } from "../base/bytes.ts"
import { VerifyError } from "../base/errors.ts"
import { info } from "../base/labels.ts"
import type { Primitives } from "../base/primitives.ts"
import { appHeader, appHeaderBytes, appMessageKind, type AppHeader, type SignedAppMessage } from "./app-message.ts"
import { padContent, unpadContent, type Content } from "./content.ts"

/** app(e, r, serial), 32 B: Expand(secret(e, r), info(app) ‖ V ‖ serial). */
function appKey(p: Primitives, secret: Uint8Array, view: Uint8Array, serial: number): Bytes {
  return p.expand(secret, info("app", view, uint(serial, 4)), 32)
}

/**
 * Seals and signs one message.
 * @param secret - secret(epoch, step) of the header, 32 B; left unchanged.
 * @param view - id of the epoch's first Head, 32 B.
 * @throws CodecError of {@link padContent}
 */
export async function sealAppMessage(
  p: Primitives,
  seatSeed: Uint8Array,
  secret: Uint8Array,
  view: Uint8Array,
  terms: Omit<AppHeader, "nonce">,
  content: Content,
): Promise<SignedAppMessage> {
  const plaintext = padContent(content)
  const header: AppHeader = { ...terms, nonce: p.random(12) }
  const key = appKey(p, secret, view, terms.serial)
  const ct = p.seal(key, header.nonce, appHeader(header), plaintext)
  wipe(key, plaintext)
  return appMessageKind.sign(p, seatSeed, { ...header, ct })
}

/**
 * Checks whose a message is, then opens it.
 * @param seatPub - seat key of the row its serial names.
 * @param secret - secret(epoch, step) of the message, 32 B; left unchanged.
 * @throws VerifyError `bad-signature`, `bad-message` (does not open); CodecError of {@link unpadContent}
 */
export async function openAppMessage(
  p: Primitives,
  message: SignedAppMessage,
  seatPub: Uint8Array,
  secret: Uint8Array,
  view: Uint8Array,
): Promise<Content> {
  await appMessageKind.verify(p, message, seatPub)
  const { serial, nonce, ct } = message.fields
  const key = appKey(p, secret, view, serial)
  const plaintext = p.open(key, nonce, message.bytes.subarray(0, appHeaderBytes), ct)
  wipe(key)
  if (plaintext === undefined) throw new VerifyError("bad-message", "This message does not open.")
  try {
    return unpadContent(plaintext)
  } finally {
    wipe(plaintext)
  }
}
