import { equal, toHex } from "#crypto/base/bytes"
import type { MemberCommand, MemberReply } from "#crypto/member/types"
import { noIndex } from "#crypto/base/ids"
import type { Device } from "./device.ts"
import type { House } from "./house.ts"
import type { KnownInvite } from "./person.ts"

const roles = ["listener", "listener", "speaker", "moderator", "cohost"] as const
/** People who are there, or may come back. */
const maxPeople = 12

/** What people do, one thing at a time, as chance will have it. */
export class Actions {
  readonly #house: House
  #running = false

  constructor(house: House) {
    this.#house = house
  }

  start(): void {
    this.#running = true
    this.#next()
  }

  stop(): void {
    this.#running = false
  }

  #next(): void {
    const { agenda, draws, weather } = this.#house
    agenda.after(draws.between(200, 4000) * weather.tickFactor, async () => {
      if (!this.#running) return
      await this.#act()
      this.#next()
    })
  }

  async #act(): Promise<void> {
    const { draws } = this.#house
    const dice = draws.below(100)
    if (dice < 30) this.#comeIn()
    else if (dice < 42) await this.#makeInvite()
    else if (dice < 74) await this.#judge()
    else if (dice < 80) await this.#leave()
    else if (dice < 84) await this.#revoke()
    else if (dice < 87) await this.#retake()
    else await this.#takeTicket()
  }

  /** Somebody new, or somebody who was here. */
  #comeIn(): void {
    const { draws, invites, people } = this.#house
    const away = people.filter(({ device, out }) => device?.lives !== true && (!out || draws.chance(0.1)))
    const back = draws.chance(0.6) ? draws.pick(away) : undefined
    if (back !== undefined) return this.#house.openPage(back)
    if (this.#house.devices.length >= maxPeople) return
    const invite = draws.pick(invites)
    if (invite !== undefined) this.#house.enter(invite)
  }

  async #makeInvite(): Promise<void> {
    const { draws, invites, host } = this.#house
    const role = draws.pick(roles) ?? "listener"
    const personal = role === "cohost" || draws.chance(0.4)
    const uses = draws.chance(0.3) ? draws.between(1, 3) : 0
    const wish = { role, personal, uses, label: "", lifetimeMs: draws.chance(0.1) ? 20_000 : 86_400_000 }
    await host.device?.command({ kind: "invite", ...wish }, (reply: MemberReply) => {
      if (reply.kind === "link")
        invites.push({ id: reply.invite, link: { ...reply.link, seed: reply.link.seed.slice() }, role, personal, uses })
      if (invites.length > 10) invites.shift()
    })
  }

  /** Whoever may lead decides about somebody. */
  async #judge(): Promise<void> {
    const { draws, host, devices, truth } = this.#house
    const leader = draws.chance(0.6)
      ? host.device
      : draws.pick(devices.filter(({ state }) => state.lead?.acted === true))
    const lead = leader?.state.lead
    if (leader === undefined || lead === undefined) return
    const knocker = lead.knocking[0]
    if (knocker !== undefined && draws.chance(0.8)) {
      const kind = draws.chance(0.7) ? "admit" : "refuse"
      // By an order somebody else may let it in before its sender hears that the order has gone out.
      if (kind === "admit") truth.seats.admitted(toHex(knocker.request.fields.seatPub))
      return leader.command({ kind, request: toHex(knocker.request.id) })
    }
    const row = draws.pick([...(lead.seats?.rows.values() ?? [])])
    if (row === undefined) return
    const { serial } = row
    const kind = draws.pick(["remove", "promote", "promote", row.index === noIndex ? "promote" : "demote"] as const)
    const command: MemberCommand = { kind: kind ?? "promote", serial }
    await leader.command(command, (reply) => {
      if (kind !== "remove" || reply.kind !== "done") return
      // A page that has a twin may find that it leads no more.
      const pages = this.#house.devices.filter(({ seatPub }) => equal(seatPub, leader.seatPub))
      if (pages.length === 1) truth.seats.kicked(serial, toHex(leader.seatPub))
    })
  }

  async #leave(): Promise<void> {
    const { draws, people, host } = this.#house
    const person = draws.pick(people.filter((one) => one !== host && one.device?.lives === true))
    if (person?.device === undefined) return
    person.out = true
    await person.device.command({ kind: "leave" })
  }

  async #revoke(): Promise<void> {
    const { draws, invites, host } = this.#house
    const invite: KnownInvite | undefined = draws.pick(invites)
    if (invite !== undefined) await host.device?.command({ kind: "revoke", invite: invite.id })
  }

  async #retake(): Promise<void> {
    await this.#house.host.device?.command({ kind: "retake" })
  }

  /** A seat goes to the media server. */
  async #takeTicket(): Promise<void> {
    const { draws, devices, service, agenda, weather } = this.#house
    const device: Device | undefined = draws.pick(devices)
    await device?.command({ kind: "sfu-token" }, (reply) => {
      const { serial } = device.state
      if (reply.kind !== "sfu" || serial === undefined) return
      agenda.after(weather.delay(draws), () => service.joinSfu(reply.token, serial))
    })
  }
}
