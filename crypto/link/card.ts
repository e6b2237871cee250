import { concat, equal, uint, utf8, type Bytes } from "../base/bytes.ts"
import { list, spaceId, struct, text } from "../base/codec.ts"
import { CodecError, UsageError, VerifyError } from "../base/errors.ts"
import type { SpaceId } from "../base/ids.ts"
import type { Primitives } from "../base/primitives.ts"
import { signedKind, type Signed } from "../base/signed.ts"
import { cardParts, paddedCardBytes } from "./card-size.ts"

/** What a link shows before one joins. Only holders of an invite can read it. */
export interface Card {
  readonly space: SpaceId
  readonly title: string
  readonly hostName: string
  /** BCP 47, as the host chose it. */
  readonly language: string
  readonly links: readonly string[]
}

export const cardKind = signedKind<Card>(
  "sign-card",
  3,
  struct({ space: spaceId, title: text(300), hostName: text(200), language: text(35), links: list(text(500), 4) }),
  4000,
)

const sizes = [paddedCardBytes.min, paddedCardBytes.max]
const { nonce: nonceLength, tag: tagLength } = cardParts

/** Signs a card and seals it: nonce 12 ‖ ChaCha20-Poly1305(u16 length ‖ signed card ‖ zeros). */
export async function sealCard(p: Primitives, hostSeed: Uint8Array, cardKey: Uint8Array, card: Card): Promise<Bytes> {
  const signed = await cardKind.sign(p, hostSeed, card)
  const size = sizes.find((bytes) => bytes >= signed.bytes.length + 2)
  if (size === undefined) throw new UsageError("card-too-long", "Title and links do not fit on the card: shorten them.")
  const padded = concat(uint(signed.bytes.length, 2), signed.bytes, new Uint8Array(size - signed.bytes.length - 2))
  const nonce = p.random(nonceLength)
  return concat(nonce, p.seal(cardKey, nonce, concat(utf8("card"), card.space), padded))
}

/**
 * Opens a card and checks the host's signature inside.
 * @throws VerifyError `bad-card`, `bad-signature`, `wrong-space`
 */
export async function openCard(
  p: Primitives,
  sealed: Uint8Array,
  cardKey: Uint8Array,
  space: SpaceId,
  hostPub: Uint8Array,
): Promise<Signed<Card>> {
  if (!sizes.some((size) => sealed.length === nonceLength + size + tagLength))
    throw new VerifyError("bad-card", "This card does not open with this link.")
  const padded = p.open(
    cardKey,
    sealed.subarray(0, nonceLength),
    concat(utf8("card"), space),
    sealed.subarray(nonceLength),
  )
  if (padded === undefined) throw new VerifyError("bad-card", "This card does not open with this link.")
  const length = (padded[0] ?? 0) * 256 + (padded[1] ?? 0)
  if (length + 2 > padded.length || padded.subarray(length + 2).some((byte) => byte !== 0))
    throw new CodecError("malformed", "This card is not padded with zeros.")
  const card = cardKind.decode(p, padded.subarray(2, 2 + length))
  if (!equal(card.fields.space, space)) throw new VerifyError("wrong-space", "This card is for another space.")
  await cardKind.verify(p, card, hostPub)
  return card
}
