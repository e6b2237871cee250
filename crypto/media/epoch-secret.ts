/** What the keys worker hands to the frame layer when a secret(epoch, step) is known. */
export interface EpochSecret {
  /** 16 B. */
  readonly space: Uint8Array
  /** V: id of the epoch's first Head, 32 B. */
  readonly view: Uint8Array
  readonly epoch: number
  /** The first step this seat can open or seal, 0…63. */
  readonly step: number
  /** secret(epoch, step), 32 B. Copied: the giver wipes its own. */
  readonly secret: Uint8Array
  /** Sender indices of the epoch's roster. */
  readonly indices: readonly number[]
  /** The seat keys of the epoch's roster, 32 B each: whose signature a checkpoint of each index needs. */
  readonly seats: readonly { readonly index: number; readonly seatPub: Uint8Array }[]
  /** Plaintext bytes of every cell. */
  readonly cell: number
}
