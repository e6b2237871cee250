import type { Bytes } from "../base/bytes.ts"
import type { SignedHead } from "../room/head.ts"
import { patch, type Turn } from "./turn.ts"

/** Something that an honest key service, media server and leader never do, and what a person is told about it. */
export interface Alarm {
  readonly kind: AlarmKind
  /** Sender index or seat serial it is about, if it is about somebody. */
  readonly about: number | undefined
  /** Monotonic. */
  readonly at: number
}

export type AlarmKind =
  /** Two histories of one space: what others are shown is not what we are shown. */
  | "fork"
  /** A speaker follows a Head that nobody has shown us. */
  | "strange-head"
  /** Two policies with one serial: somebody else has the host key. */
  | "host-key-twice"
  /** A leader let somebody in whom no invite admits. */
  | "admitted-without-invite"
  /** The leader hands out other secrets than it commits to. */
  | "wrong-secret"
  /** A speaker took the lead while the leader before it still led: the service must have helped. */
  | "led-too-soon"
  /** The service holds back what it was given: a Head, a kick, an order. */
  | "withheld"

export interface ShownHead {
  readonly head: SignedHead
  readonly signer: Bytes
}

/** Two signed objects of one key that contradict each other: two Heads, or two policies. Whoever sees them can check it. */
export interface Proof {
  readonly kind: "fork" | "host-key-twice"
  /** Public key that signed both. */
  readonly signer: Bytes
  readonly a: Bytes
  readonly b: Bytes
}

/** Adds an alarm, once for each kind and person. */
export function raise(turn: Turn, kind: AlarmKind, about: number | undefined): void {
  const { alarms } = turn.state
  if (alarms.some((alarm) => alarm.kind === kind && alarm.about === about)) return
  patch(turn, { alarms: [...alarms.slice(-15), { kind, about, at: turn.world.monotonic }] })
}

/** What an alarm was about is over: all of a kind, or those about whom `of` says. */
export function clearAlarm(turn: Turn, kind: AlarmKind, of: (about: number | undefined) => boolean = () => true): void {
  const { alarms } = turn.state
  const rest = alarms.filter((alarm) => alarm.kind !== kind || !of(alarm.about))
  if (rest.length !== alarms.length) patch(turn, { alarms: rest })
}
