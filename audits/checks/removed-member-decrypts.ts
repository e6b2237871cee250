import { byFigures, defineAudit, none, tooLittle } from "../audit.ts"
import type { Packet } from "../evidence.ts"
import { memberFrames, searchable } from "../payload.ts"
import { Opener } from "../sframe/opener.ts"
import { clopperPearson, ruleOfThree } from "../stats/confidence.ts"

const settleMs = 2000
const lockoutMs = 2000
const leastFrames = 50

export const removedMemberDecrypts = defineAudit({
  id: "removed-member-decrypts",
  promise: "The keys of a removed listener open nothing sealed later than 2 s after the removal.",
  adversary: "a removed listener who still receives every packet",
  vantage: "a subscriber without keys behind the media server, and the keys recorded in the listener's browser",
  needs: ["frames", "wire", "secrets", "removal"],
  judge: ({ frames, wire, secrets, removal }) => {
    const sealedAt = new Map(wire.map(({ payload, at }) => [searchable(payload), at]))
    const time = (packet: Packet) => sealedAt.get(searchable(packet.payload)) ?? packet.at
    const opener = new Opener(secrets)
    const opens = ({ payload }: Packet) => opener.open(payload) !== undefined
    const packets = memberFrames(frames)
    const from = Math.min(...secrets.map(({ at }) => at)) + settleMs
    const before = packets.filter((packet) => time(packet) >= from && time(packet) < removal.askedAt)
    const openedBefore = before.filter(opens).length
    const after = packets.filter((packet) => time(packet) > removal.headAt + lockoutMs)
    // Else "opens nothing" could mean that the keys were not recorded, or that nobody spoke any more.
    if (before.length < leastFrames || openedBefore < before.length * 0.95) {
      return tooLittle(
        `The recorded keys open only ${openedBefore} of ${before.length} frames from before.`,
        before.length,
      )
    }
    if (after.length < leastFrames)
      return tooLittle(`Only ${after.length} frames came after the removal.`, after.length)
    const last = Math.max(removal.headAt, ...packets.filter(opens).map(time))
    return byFigures(
      after.length,
      [
        none("frames opened, sealed > 2 s after the removal", after.filter(opens).length, "frames"),
        {
          name: "share opened before the removal, at least (95 %)",
          value: clopperPearson(openedBefore, before.length).low,
          unit: "",
          goal: "reported",
          ok: true,
        },
        {
          name: "time from the request to the removal",
          value: removal.headAt - removal.askedAt,
          unit: "ms",
          goal: "≤ 2000",
          ok: removal.headAt - removal.askedAt <= lockoutMs,
        },
        {
          name: "last frame opened after the removal",
          value: last - removal.headAt,
          unit: "ms",
          goal: "≤ 2000",
          ok: last - removal.headAt <= lockoutMs,
        },
      ],
      `${openedBefore} of ${before.length} frames opened before the removal, 0 of ${after.length} afterwards (rate < ${ruleOfThree(after.length).toExponential(1)} at 95 %).`,
      "A removed listener's keys still open frames.",
    )
  },
})
