import type { Decoder } from "./decoder.ts"
import { acceptingDecoders } from "./decoders/accepting.ts"
import { checkpointDecoders } from "./decoders/checkpoints.ts"
import { frameDecoders } from "./decoders/frames.ts"
import { objectDecoders } from "./decoders/objects.ts"
import { keyDecoders } from "./decoders/keys.ts"
import { makeFixture } from "./decoders/samples.ts"
import { sealedDecoders } from "./decoders/sealed.ts"
import { textDecoders } from "./decoders/texts.ts"
import { vaultDecoders } from "./decoders/vault.ts"

/** Every decoder of the product. A new one is one more line in one of these lists. */
export async function makeDecoders(): Promise<readonly Decoder[]> {
  const fixture = await makeFixture()
  return [
    ...objectDecoders(fixture),
    ...(await frameDecoders(fixture.p)),
    ...checkpointDecoders(fixture),
    ...textDecoders(fixture),
    ...(await vaultDecoders(fixture)),
    ...(await keyDecoders(fixture)),
    ...(await sealedDecoders(fixture)),
    ...(await acceptingDecoders(fixture)),
  ]
}
