import type { Bytes } from "./bytes.ts"
import type { SpaceId } from "./ids.ts"
import { info } from "./labels.ts"

/** What a client signs to show that it holds a key: the socket's fresh nonce, for one space, in one capacity. */
export function challengeStatement(space: SpaceId, kind: number, nonce: Uint8Array): Bytes {
  return info("challenge", space, Uint8Array.of(kind), nonce)
}
