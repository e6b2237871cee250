/** The bytes a sealed card has around its padded content. */
export const cardParts = { nonce: 12, tag: 16 } as const

/** A card is padded to one of two sizes, so that its length says next to nothing about the title. */
export const paddedCardBytes = { min: 1024, max: 4096 } as const

/** The sizes of a sealed card, for whoever stores one without being able to read it. */
export const sealedCardBytes = {
  min: cardParts.nonce + paddedCardBytes.min + cardParts.tag,
  max: cardParts.nonce + paddedCardBytes.max + cardParts.tag,
} as const
