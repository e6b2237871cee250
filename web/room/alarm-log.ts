import type { AlarmEntry } from "../keys/messages.ts"

/** An alarm of this stay, kept after it is over so that it can be read again. */
export interface AlarmNote {
  readonly alarm: AlarmEntry
  /** The how-manieth time, from 1: each is announced once. */
  readonly times: number
  readonly over: boolean
}

const same = (a: AlarmEntry, b: AlarmEntry): boolean => a.kind === b.kind && a.about === b.about

/** The log after the alarms that are raised now, the newest first. */
export function logged(before: readonly AlarmNote[], alarms: readonly AlarmEntry[]): readonly AlarmNote[] {
  const isOn = (alarm: AlarmEntry): boolean => alarms.some((other) => same(alarm, other))
  const known = (alarm: AlarmEntry): AlarmNote | undefined => before.find((note) => same(note.alarm, alarm))
  const raised = alarms
    .filter((alarm) => known(alarm)?.over !== false)
    .map((alarm) => ({ alarm, times: (known(alarm)?.times ?? 0) + 1, over: false }))
  const kept = before
    .filter(({ alarm }) => !raised.some((note) => same(note.alarm, alarm)))
    .map((note) => (note.over || isOn(note.alarm) ? note : { ...note, over: true }))
  return [...raised.reverse(), ...kept]
}

/** A note as a map key. */
export function noteKey({ alarm, times }: AlarmNote): string {
  return JSON.stringify([alarm.kind, alarm.about, times])
}
