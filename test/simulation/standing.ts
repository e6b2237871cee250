import { equal } from "#crypto/base/bytes"
import type { Chain } from "#crypto/room/head"
import { lastDeputyRank, leaderRank } from "#crypto/room/leaders"
import type { WatchedHouse, WatchedPage } from "./watched.ts"

/** Whether it can lead: somebody who may, and knows the newest secret. */
export function mayLead({ state, seatPub }: WatchedPage): boolean {
  const { chain, secret } = state
  if (secret?.epoch !== chain?.head?.fields.epoch || secret?.step !== chain?.step) return false
  const entry = chain?.roster.find((one) => equal(one.seatPub, seatPub))
  // Whoever the host has taken the invite from leads no more, whether or not a Head says so yet.
  const revoked = state.noticedPolicy?.policy.fields.revoked ?? []
  return (
    chain !== undefined &&
    entry !== undefined &&
    !revoked.some((id) => equal(id, entry.inviteId)) &&
    leaderRank(chain.policy.fields, chain.roster, entry.index) !== undefined
  )
}

/** Whether the one who signed the newest Head leads, and everybody is connected. */
export function isLed(house: WatchedHouse): boolean {
  const awake = house.devices.filter((device) => !device.isAsleep)
  return awake.every(({ state }) => state.socket === "synced") && awake.some((device) => leads(house, device))
}

/** Whether it signed the newest Head, and knows that it leads. */
export function leads({ service }: WatchedHouse, { seatPub, state }: WatchedPage): boolean {
  const newest = service.room?.state.chain
  const leader = newest?.roster.find((entry) => entry.index === newest.head?.fields.signer)
  return leader !== undefined && state.lead?.acted === true && equal(seatPub, leader.seatPub)
}

/** Whether it has the newest secret; whoever sleeps, or is not seated, need not. */
export function knowsNewest({ service }: WatchedHouse, { isAsleep, state: { phase, secret } }: WatchedPage): boolean {
  const newest = service.room?.state.chain
  if (isAsleep || phase !== "seated") return true
  return secret?.epoch === newest?.head?.fields.epoch && secret?.step === newest?.step
}

/** Whether everybody who is here has what everybody has. */
export function ofOneMind(house: WatchedHouse): boolean {
  return house.service.up && house.devices.every((device) => standing(house, device) === "")
}

function ledBySpeaker({ policy, roster, head }: Chain): boolean {
  const rank = head && leaderRank(policy.fields, roster, head.fields.signer)
  return rank !== undefined && rank > lastDeputyRank
}

/** What a device still lacks; empty if nothing. */
export function standing({ service, devices }: WatchedHouse, { who, state, seatPub, isAsleep }: WatchedPage): string {
  const newest = service.room?.state.chain
  const { chain, secret, sending, phase, socket } = state
  const say = (what: string): string => `${who} ${what} (${phase}, ${socket})`
  if (isAsleep) return ""
  if (newest?.head === undefined) return say("has no room yet")
  // A human is asked; that it knocks its own page may have missed.
  const asked = devices
    .flatMap(({ state: { lead } }) => lead?.knocking ?? [])
    .map(({ request }) => request.fields.seatPub)
  if (phase === "joining" && (state.knocking || asked.some((key) => equal(key, seatPub)))) return ""
  // As many wait by its invite as the service keeps: it is told so, and asks again.
  if (phase === "joining" && state.request?.n === 0 && state.request.dropped === true) return ""
  // A history that one comes to begins with the host or a deputy, under the policy in force: where there is no such Head
  // any more, newcomers wait for one of them.
  if (phase === "waiting-for-host" && chain?.head === undefined && ledBySpeaker(newest)) return ""
  if (phase !== "seated") return say("has no seat")
  if (chain?.head === undefined || !equal(chain.head.id, newest.head.id)) return say("has an older Head")
  if (secret?.epoch !== newest.head.fields.epoch || secret.step !== newest.step) return say("has no secret")
  if (!chain.roster.some((entry) => equal(entry.seatPub, seatPub))) return ""
  return sending.epoch === newest.head.fields.epoch ? "" : say(`does not send: ${sending.silence ?? "?"}`)
}
