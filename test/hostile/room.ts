import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { Link } from "#crypto/link/link"
import { Household } from "../support/household.ts"
import type { Person } from "../support/person.ts"
import { Relay } from "./relay.ts"

type Role = "listener" | "speaker" | "moderator" | "cohost"

/** A host, the speaker ada and the listener bo on the real key service, and a relay in front of each of them. */
export class Room {
  readonly house: Household
  readonly relay: Relay
  readonly host: Person
  readonly ada: Person
  readonly bo: Person
  readonly #hostile: boolean

  private constructor(house: Household, hostile: boolean, [host, ada, bo]: readonly [Person, Person, Person]) {
    this.house = house
    this.relay = new Relay(house)
    this.#hostile = hostile
    this.host = host
    this.ada = ada
    this.bo = bo
  }

  /** @param hostile - Whether strikes are carried out. */
  static async open(hostile: boolean): Promise<Room> {
    const house = await Household.open()
    const host = await house.host()
    const seat = async (who: string, role: Role): Promise<Person> =>
      house.join(who, (await house.invite(host, { role })).link)
    const room = new Room(house, hostile, [host, await seat("ada", "speaker"), await seat("bo", "listener")])
    await room.settled()
    return room
  }

  /** The hostile step; the control leaves it out. */
  async strike(act: () => unknown): Promise<void> {
    if (this.#hostile) await act()
  }

  async seat(who: string, role: Role): Promise<Person> {
    const { link } = await this.house.invite(this.host, { role, personal: role === "cohost" || role === "moderator" })
    const person = await this.house.join(who, link)
    if (role === "cohost") await person.until(({ lead }) => lead?.seats !== undefined)
    await this.settled()
    return person
  }

  /** Opens a new link and asks for a seat; when it resolves the request is on its way. */
  async knock(who = "zoe"): Promise<{ readonly person: Person; readonly link: Link }> {
    const { link } = await this.house.invite(this.host)
    const person = await this.house.knock(who, link)
    return { person, link }
  }

  /** Whoever goes by a name now: after a reload the newer one. */
  called(who: string): Person {
    const person = this.house.people.findLast((one) => one.who === who)
    if (person === undefined) throw new Error(`Nobody is called ${who}.`)
    return person
  }

  present(): readonly Person[] {
    return this.house.people.filter(({ stopped, state }) => !stopped && state.phase === "seated")
  }

  /** Resolves when everybody seated has the same Head, step and secret, and whoever is on stage is on air. */
  async settled(): Promise<void> {
    const ahead = (one: Person): number => one.state.chain?.head?.fields.seq ?? 0
    const idle = (person: Person): boolean =>
      person.state.lead === undefined ||
      (person.state.lead.inflight === undefined && person.state.lead.waiting.length === 0)
    for (const person of this.present())
      await person.until(({ secret, chain }) => {
        const others = this.present()
        const newest = others.reduce((best, one) => (ahead(one) > ahead(best) ? one : best), person)
        const { head, step } = newest.state.chain ?? {}
        const same = chain?.head?.fields.seq === head?.fields.seq && chain?.step === step
        const opened = secret?.epoch === head?.fields.epoch && secret?.step === step
        return same && opened && idle(person) && (!onStage(person) || person.upToDate)
      })
  }

  /** Everything that was shown to somebody before is worked off. */
  async worksOff(person: Person): Promise<void> {
    await person.command({ kind: "invite-link", invite: "none" })
  }

  async close(): Promise<void> {
    await this.house.close()
  }
}

export const onStage = (person: Person, seenBy = person): boolean =>
  seenBy.state.chain?.roster.some(({ serial }) => serial === person.serial) === true

/** 16, 32 or 64 bytes that nobody knows. */
export const noise = (length: number) => p.random(length)
