import { expect, test } from "vitest"
import type { AlarmEntry } from "../../web/keys/messages.ts"
import { logged, noteKey } from "../../web/room/alarm-log.ts"

const fork: AlarmEntry = { kind: "fork", about: undefined }
const heron: AlarmEntry = { kind: "strange-head", about: "Quiet Heron" }
const otter: AlarmEntry = { kind: "strange-head", about: "Amber Otter" }

test("an alarm stays in the log after it is over, to be read again", () => {
  const log = logged(logged([], [fork]), [])
  expect(log).toEqual([{ alarm: fork, times: 1, over: true }])
})

test("an alarm that stays raised is one note, announced once", () => {
  const first = logged([], [fork, heron])
  const second = logged(first, [{ ...fork }, { ...heron }])
  expect(second.map(noteKey)).toEqual(first.map(noteKey))
})

test("the newest comes first, and the same about somebody else is another", () => {
  const log = logged(logged([], [heron]), [heron, otter])
  expect(log.map(({ alarm }) => alarm.about)).toEqual(["Amber Otter", "Quiet Heron"])
})

test("what comes back is said again, and stands first", () => {
  const over = logged(logged([], [fork]), [heron])
  const again = logged(over, [fork])
  expect(again).toEqual([
    { alarm: fork, times: 2, over: false },
    { alarm: heron, times: 1, over: true },
  ])
  expect(new Set([...over, ...again].map(noteKey)).size).toBe(3)
})
