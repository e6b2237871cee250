import type { Packet } from "../evidence.ts"
import { readRtp } from "./rtp.ts"

/**
 * Chromium's log line, "[PID:TID:MMDD/HHMMSS.MICROS:VERBOSE1:…/srtp_session.cc:549] ", an empty one, and then
 * "O 00:00:36.104 0000 90 ef … # RTP_DUMP", where O is outbound.
 */
const entry =
  /^\[[\d:]+:(\d\d)(\d\d)\/(\d\d)(\d\d)(\d\d)\.(\d{3})\d*:[^\n]*\n\s*^O [\d:.]+ 0+ ([0-9a-f ]+?) *# RTP_DUMP/gm

/**
 * Reads the outbound RTP packets out of Chromium's log.
 * @param year - Of the log, which states local time without it.
 */
export function readDump(log: string, year: number): Packet[] {
  return Array.from(log.matchAll(entry)).flatMap(([, month, day, hour, minute, second, millisecond, hex = ""]) => {
    const time = [day, hour, minute, second, millisecond].map(Number) as [number, number, number, number, number]
    const at = new Date(year, Number(month) - 1, ...time).getTime()
    const packet = readRtp(Buffer.from(hex.replaceAll(" ", ""), "hex"), at)
    return packet === undefined ? [] : [packet]
  })
}
