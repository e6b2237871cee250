import { concat, uint, type Bytes } from "../base/bytes.ts"
import { checked, codec, flag, list, objectId, oneOf, serial, struct, text, time, u8, union } from "../base/codec.ts"
import type { Coder } from "../base/codec.ts"
import { CodecError } from "../base/errors.ts"
import { plaintextBytes } from "./app-message.ts"
import { orderCoder } from "./order.ts"

/** What one can throw in without a word. */
export const reactions = { clap: 1, heart: 2, laugh: 3, surprise: 4, yes: 5, no: 6 } as const
export type ReactionName = keyof typeof reactions
export type Reaction = (typeof reactions)[ReactionName]

/** Characters of a display name, and UTF-8 bytes of a chat line, at most. */
export const maxNameLength = 64
export const maxChatBytes = 1100

/** The list of those who knock is said in pages of so many: 64 of them are two. */
export const knocksPerPage = 32
export const knockPages = [0, 1] as const

/** Controls, and marks that turn the direction of what follows: a name must not rearrange the line it stands in. */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
/** A chat line may break. */
const unspeakable = /[^\P{Cc}\n]/u

/** Whether a display name may be shown: 1 to 64 characters, none that is invisible. */
export function isName(name: string): boolean {
  return (
    name.trim() !== "" && name === name.trim() && Array.from(name).length <= maxNameLength && !unprintable.test(name)
  )
}

/** Whether a chat line may be shown. */
export function isChatLine(line: string): boolean {
  return line.trim() !== "" && !unspeakable.test(line)
}

function textThat(allowed: (value: string) => boolean, max: number): Coder<string> {
  return checked(text(max), (value) => {
    if (!allowed(value)) throw new CodecError("malformed", "text that may not be shown")
  })
}

const coder = union(u8, {
  /** `since`: when it went up, by its owner's clock, so that whoever comes later sees the same queue. */
  hand: [1, struct({ up: flag, since: time })],
  profile: [2, struct({ name: textThat(isName, 4 * maxNameLength) })],
  chat: [3, struct({ text: textThat(isChatLine, maxChatBytes) })],
  reaction: [4, struct({ reaction: oneOf(Object.values(reactions)) })],
  order: [5, orderCoder],
  /** A moderator asks one seat to come on stage. */
  stageInvite: [6, struct({ to: serial })],
  /** The answer, to whoever asked. */
  stageAnswer: [7, struct({ to: serial, accept: flag })],
  /** Whoever leads says who knocks: one page of the list, whole, as ids of requests in the order they came. */
  knocks: [8, struct({ page: oneOf(knockPages), requests: list(objectId, knocksPerPage) })],
})

type CoderValue<C> = C extends { decode(data: Uint8Array, ...rest: never[]): infer T } ? T : never
/** What is inside an app message. */
export type Content = CoderValue<typeof coder>

const contentCodec = codec<Content>("message content", coder, plaintextBytes.large - 2)

/**
 * u16 length ‖ kind u8 ‖ body ‖ zeros, in the smaller of the two sizes that holds it.
 * @throws CodecError `malformed` (text that may not be shown, a value out of range), `oversized`
 */
export function padContent(content: Content): Bytes {
  const body = contentCodec.encode(content)
  const size = body.length + 2 <= plaintextBytes.small ? plaintextBytes.small : plaintextBytes.large
  return concat(uint(body.length, 2), body, new Uint8Array(size - 2 - body.length))
}

/** The inverse of {@link padContent}. @throws CodecError `malformed`: unknown kind, padding that is not zeros */
export function unpadContent(padded: Uint8Array): Content {
  const length = ((padded[0] ?? 0) << 8) | (padded[1] ?? 0)
  const size = length + 2 <= plaintextBytes.small ? plaintextBytes.small : plaintextBytes.large
  if (padded.length !== size || padded.subarray(2 + length).some((byte) => byte !== 0))
    throw new CodecError("malformed", "This is no padded message.")
  return contentCodec.decode(padded.subarray(2, 2 + length))
}
