import type { Primitives } from "#crypto/base/primitives"
import type { Input, MemberState, TurnResult } from "#crypto/member/types"

/** A bug put in on purpose: a simulation that does not find it finds nothing. */
export interface Plant {
  readonly name: string
  /** Invariants of which one must break. */
  readonly breaks: readonly string[]
  readonly primitives?: (p: Primitives) => Primitives
  readonly alter?: (before: MemberState, input: Input, turn: TurnResult) => TurnResult
  /** The service comes back from a crash without its last Heads. */
  readonly forgetful?: boolean
}

const changed = (turn: TurnResult, state: Partial<MemberState>): TurnResult => ({
  ...turn,
  state: { ...turn.state, ...state },
})

export const plants: readonly Plant[] = [
  {
    name: "counters start again after a reload, in the same epoch",
    breaks: ["nonce-reuse"],
    alter(before, _input, turn) {
      const { seated } = turn.state
      if (seated === undefined || before.seated !== undefined) return changed(turn, { noCounters: false })
      return changed(turn, { noCounters: false, seated: { ...seated, firstEpoch: seated.firstEpoch - 1 } })
    },
  },
  {
    name: "old news counts as fresh",
    breaks: ["stale-news"],
    alter: (_before, input, turn) =>
      input.kind === "tick" && turn.state.headAt !== undefined
        ? changed(turn, { headAt: turn.state.headAt + 400 })
        : turn,
  },
  {
    name: "a kick leaves the invite as it was",
    breaks: ["forgotten-kick"],
    alter(_before, input, turn) {
      const { lead } = turn.state
      if (input.kind !== "command" || lead === undefined) return turn
      return changed(turn, { lead: { ...lead, pending: { ...lead.pending, burn: [] } } })
    },
  },
  {
    name: "every epoch draws the same randomness",
    breaks: ["one-secret", "secret-twice"],
    primitives: (p) => ({ ...p, extract: (_salt, input) => p.extract(new Uint8Array(32), input.slice(0, 1).fill(7)) }),
  },
  {
    name: "sealing does not hide what it seals",
    breaks: ["leak"],
    primitives: (p) => ({
      ...p,
      seal: (_key, _nonce, _aad, text) => Uint8Array.from([...text, ...new Uint8Array(16)]),
      open: (_key, _nonce, _aad, sealed) => Uint8Array.from(sealed.subarray(0, -16)),
    }),
  },
  {
    name: "a service that loses what it has accepted",
    breaks: ["lost-commit", "one-head"],
    forgetful: true,
  },
  {
    name: "whoever was removed goes on sending",
    breaks: ["late-switch", "removed-sends", "stale-news"],
    alter: (before, input, turn) =>
      input.kind === "tick" && before.sending.epoch !== undefined ? changed(turn, { sending: before.sending }) : turn,
  },
]
