import type { Decoder } from "./decoder.ts"
import { acceptingDecoders } from "./decoders/accepting.ts"
import { checkpointDecoders } from "./decoders/checkpoints.ts"
import { frameDecoders } from "./decoders/frames.ts"
import { objectDecoders } from "./decoders/objects.ts"
import { keyDecoders } from "./decoders/keys.ts"
import { makeFixture, makeSymbolicFixture } from "./decoders/samples.ts"
import { sealedDecoders } from "./decoders/sealed.ts"
import { textDecoders } from "./decoders/texts.ts"
import { vaultDecoders } from "./decoders/vault.ts"

/** Every decoder of the product. A new one is one more line in one of these lists. */
export async function makeDecoders(): Promise<readonly Decoder[]> {
  const fixture = await makeFixture()
  const symbolic = await makeSymbolicFixture()
  return [
    ...objectDecoders(fixture),
    ...(await frameDecoders(fixture.p)),
    ...checkpointDecoders(fixture),
    ...textDecoders(fixture),
    ...(await vaultDecoders(fixture)),
    ...(await keyDecoders(fixture)),
    ...(await sealedDecoders(fixture)),
    ...(await acceptingDecoders(fixture)),
    ...[...(await sealedDecoders(symbolic)), ...(await acceptingDecoders(symbolic))].filter(isOurs).map(overStandIns),
  ]
}

/** Whether the cost is of a primitive that the decoder is given, and not the primitive itself what is tried. */
const isOurs = ({ cost, drives }: Decoder): boolean => cost > 1 && !drives.includes("hpkeOpen")

/** A decoder that costs little, so that it gets as many inputs as all others. */
const overStandIns = (decoder: Decoder): Decoder => ({ ...decoder, name: `${decoder.name}-symbolic`, cost: 1 })
