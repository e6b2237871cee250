import { concat, utf8, type Bytes } from "#crypto/base/bytes"
import { hpkeSeal, kemKeyPairOf, kemSizes } from "#crypto/base/hpke"
import type { Decoder } from "../decoder.ts"
import type { Fixture } from "./samples.ts"

const message = utf8("a message")

/** Keys and signatures that strangers send: any bytes are sound or they are not, and nothing else ever happens. */
export async function keyDecoders({ p, samples }: Fixture): Promise<readonly Decoder[]> {
  const { hostPub, hostSeed } = samples.kit
  const signature = concat(hostPub, await p.sign(hostSeed, message))
  const kem = await kemKeyPairOf(new Uint8Array(32).fill(4))
  return [
    {
      ...{ name: "public-key", drives: ["webPrimitives"], cost: 40, samples: [hostPub] },
      read: (input) => (p.isStrictPublicKey(input) ? input : undefined),
    },
    {
      ...{ name: "signature", drives: ["webPrimitives"], cost: 40, samples: [signature] },
      async read(input): Promise<Bytes | undefined> {
        return (await p.verify(input.slice(0, 32), message, input.slice(32))) ? signature : undefined
      },
    },
    {
      ...{ name: "kem-key", drives: ["hpkeSeal"], cost: 400, limitMs: 50, samples: [kem.publicKey] },
      async read(input) {
        // its length is the codec's to check: another one is a caller's mistake
        if (input.length !== kemSizes.publicKey) return undefined
        const { enc, ct } = await hpkeSeal(input, message, message, message)
        return enc.length === kemSizes.enc && ct.length === message.length + 16 ? input : undefined
      },
    },
  ]
}
