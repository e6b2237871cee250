import { wipe } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"

const rounds = 8

/**
 * Uses the KEM as a joining does, on keys that nobody ever sees: an engine compiles its arithmetic only once it has run
 * a few times, which would otherwise fall between the tap and the sound.
 * @param pause - lets everything else run first.
 */
export async function rehearseKem(p: Primitives, pause: () => Promise<void>): Promise<void> {
  const nothing = new Uint8Array(32)
  for (let round = 0; round < rounds; round++) {
    await pause()
    const { publicKey, secretKey } = await p.kemKeyPair()
    const { enc, ct } = await p.hpkeSeal(publicKey, nothing, nothing, nothing)
    const opened = await p.hpkeOpen(secretKey, enc, nothing, nothing, ct)
    wipe(secretKey, ...(opened === undefined ? [] : [opened]))
  }
}
