import { sha256 } from "@noble/hashes/sha2.js"

import type { Bytes } from "../base/bytes.ts"
import { owned } from "../base/subtle.ts"
import { hashBytes, type FramePlace } from "./checkpoint-body.ts"

/**
 * What a checkpoint says of a frame: SHA-256 of all of it, header and tag included, its first 10 bytes. Over the whole
 * frame, because an insider finds other frames with the same tag (AES-GCM commits to nothing). By noble: it answers at
 * once, where WebCrypto would cost each frame a change of thread.
 */
export function frameHash(frame: Uint8Array): Bytes {
  return owned(sha256(frame)).slice(0, hashBytes)
}

/**
 * A frame on its way. Its hash is worked out when its checkpoint is made or comes, not in the way of sound, unless the
 * checkpoint was faster.
 */
export interface PassingFrame extends FramePlace {
  /** The whole SFrame frame; nobody changes it any more. */
  readonly bytes: Uint8Array
}
