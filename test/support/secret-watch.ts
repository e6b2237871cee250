import { vi } from "vitest"

import { toHex, wipe } from "#crypto/base/bytes"
import type { Primitives } from "#crypto/base/primitives"
import { step } from "#crypto/member/member"
import type { Input, MemberState, TurnResult, World } from "#crypto/member/types"

/** Lengths of what is secret: seeds of links; keys; the two halves of a Seat. */
const secretLengths = new Set([16, 32, 64])

/**
 * Runs turns of members and finds, by what their primitives gave, every secret that is neither kept in the state nor
 * wiped when the turn is over, and every one that is wiped and kept.
 */
export class SecretWatch {
  /** What was found, in words: where it was, and in which turn. */
  readonly found = new Set<string>()
  /** How many secrets the turns so far have wiped. */
  wiped = 0
  readonly #known = new Set<string>()

  readonly step = async (state: MemberState, input: Input, world: World): Promise<TurnResult> => {
    const drawn = new Map<Uint8Array, string>()
    const before = new Map([...buffersIn(state)].filter(([bytes]) => this.#known.has(toHex(bytes))))
    const turn = await step(state, input, { ...world, p: this.#over(world.p, drawn) })
    const kept = buffersIn(turn.state)
    const wiped = new Set(turn.consumed)
    const name =
      input.kind === "message" ? input.message.TAG : input.kind === "command" ? input.command.kind : input.kind
    for (const [bytes, where] of [...before, ...drawn, ...this.#secretsIn(turn.out)])
      if (!kept.has(bytes) && !wiped.has(bytes) && bytes.some((byte) => byte !== 0))
        this.found.add(`${where} is left after ${name}`)
    for (const bytes of wiped) {
      const where = kept.get(bytes)
      // A message that was sent again is only compared with, by what it is.
      if (where !== undefined && !where.startsWith(".asked.post"))
        this.found.add(`${where} is wiped after ${name} and kept`)
    }
    this.wiped += wiped.size
    return turn
  }

  /**
   * A turn whose copies of secrets are looked for, too: nobody else's may run beside it. Not those of a request's key,
   * of which the KEM's library makes one of its own.
   * @returns with it how many copies are neither kept nor wiped
   */
  async withCopies(state: MemberState, input: Input, world: World): Promise<TurnResult & { readonly left: number }> {
    const copies = new Set<Uint8Array>()
    const spy = vi.spyOn(Uint8Array.prototype, "slice").mockImplementation(function (this: Uint8Array, start, end) {
      const copy = Uint8Array.from(this.subarray(start, end))
      copies.add(copy)
      return copy
    })
    try {
      const turn = await this.step(state, input, world)
      const kept = buffersIn(turn.state)
      wipe(...turn.consumed)
      const ours = new Set(this.#known)
      for (const request of [state.request, state.answered]) if (request) ours.delete(toHex(request.kemSecret))
      return { ...turn, left: [...copies].filter((copy) => !kept.has(copy) && ours.has(toHex(copy))).length }
    } finally {
      spy.mockRestore()
    }
  }

  #secretsIn(out: TurnResult["out"]): ReadonlyMap<Uint8Array, string> {
    return new Map([...buffersIn(out)].filter(([bytes]) => this.#known.has(toHex(bytes))))
  }

  #over(p: Primitives, drawn: Map<Uint8Array, string>): Primitives {
    const note = <T extends Uint8Array | undefined>(what: string, bytes: T): T => {
      if (bytes === undefined || !secretLengths.has(bytes.length)) return bytes
      drawn.set(bytes, what)
      for (const part of bytes.length === 64 ? [bytes.subarray(0, 32), bytes.subarray(32)] : [bytes])
        this.#known.add(toHex(part))
      return bytes
    }
    return {
      ...p,
      random: (length) => note("what was drawn", p.random(length)),
      extract: (salt, input) => note("what was extracted", p.extract(salt, input)),
      expand: (secret, info, length) => note(`the ${labelOf(info)} key`, p.expand(secret, info, length)),
      open: (key, nonce, aad, ciphertext) => note("what was opened", p.open(key, nonce, aad, ciphertext)),
      kemKeyPair: async () => {
        const pair = await p.kemKeyPair()
        note("a request's key", pair.secretKey)
        return pair
      },
      hpkeOpen: async (secretKey, enc, info, aad, ct) =>
        note("what a Seat held", await p.hpkeOpen(secretKey, enc, info, aad, ct)),
    }
  }
}

/** `sottovoce v1 NAME` ‖ 0 ‖ … → NAME. */
const labelOf = (info: Uint8Array): string =>
  Buffer.from(info.subarray(0, info.indexOf(0)))
    .toString("latin1")
    .split(" ")
    .at(-1) ?? ""

/** Every byte string in a value, however deep, and where it stands. */
function buffersIn(value: unknown, where = "", into = new Map<Uint8Array, string>()): Map<Uint8Array, string> {
  if (value instanceof Uint8Array) into.set(value, into.get(value) ?? where)
  else if (value instanceof Map) for (const part of value.values()) buffersIn(part, where, into)
  else if (typeof value === "object" && value !== null)
    for (const [key, part] of Object.entries(value))
      buffersIn(part, /^\d+$/.test(key) ? where : `${where}.${key}`, into)
  return into
}
