import { concat, uint, utf8, type Bytes } from "./bytes.ts"

/**
 * Every label of the protocol, in one list: a test shows that no two `info` strings can be equal or prefixes of one
 * another, so no key or signature made for one purpose can serve another.
 */
export const labels = [
  // links and invites
  "invite",
  "card",
  // signed objects (the name inside the signature)
  "sign-invite",
  "sign-policy",
  "sign-card",
  "sign-head",
  "sign-step",
  "sign-seat-request",
  "sign-seat",
  "sign-answer",
  "sign-leave",
  "sign-end",
  "sign-checkpoint",
  "sign-app",
  "sign-cert",
  "member",
  "challenge",
  // how a secret reaches a person
  "seat",
  "kek",
  "next",
  "wrap",
  // the key schedule
  "chain",
  "ratchet",
  "sframe",
  "app",
  "check",
  "commit",
  // what people compare
  "code",
  "knock",
] as const

export type Label = (typeof labels)[number]

const prefix = utf8("sottovoce v1 ")
const zero = uint(0, 1)
const encoded = new Map<Label, Bytes>(labels.map((label) => [label, concat(prefix, utf8(label), zero)]))

/** `info(label, context)` of the protocol: "sottovoce v1 " ‖ label ‖ 0x00 ‖ context. */
export function info(label: Label, ...context: readonly Uint8Array[]): Bytes {
  return concat(encoded.get(label) ?? prefix, ...context)
}
