import type { SeatSerial } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import type { Say } from "#crypto/member/conversation"
import type { MemberReply } from "#crypto/member/types"
import { appMessageKind } from "#crypto/message/app-message"
import { sealAppMessage } from "#crypto/message/app-seal"
import type { Content } from "#crypto/message/content"
import { acts, type ActName } from "#crypto/message/order"
import { viewOf } from "#crypto/room/head"
import { clientCodec, serviceCodec, type ServiceData } from "#crypto/wire/wire"
import { Household } from "./household.ts"
import type { Person } from "./person.ts"

/** A message as the service hands it on. */
type Passed = ServiceData<"app">

/** A household whose people talk: a room with its host, and what tests of conversations ask and do. */
export class Gathering {
  readonly house: Household
  readonly host: Person

  private constructor(house: Household, host: Person) {
    this.house = house
    this.host = host
  }

  static async open(): Promise<Gathering> {
    const house = await Household.open()
    return new Gathering(house, await house.host())
  }

  /** Ends it. @throws Error if the machine of somebody threw */
  async close(): Promise<void> {
    const broken = this.house.people.filter((person) => person.broken).map(({ who }) => who)
    await this.house.close()
    if (broken.length > 0) throw new Error(`Broken: ${broken.join(", ")}.`)
  }

  /** Seats somebody on an invite of their own; when it resolves, everybody has caught up. */
  async seat(who: string, role: "listener" | "speaker" | "moderator" | "cohost" = "listener"): Promise<Person> {
    const { link } = await this.house.invite(this.host, { role, personal: true })
    const person = await this.house.join(who, link)
    if (role !== "listener") await person.until(() => onStage(person, person))
    await this.settled()
    return person
  }

  /** Resolves when nothing is under way or unanswered and everybody who is seated has the newest secret. */
  async settled(): Promise<void> {
    const { host } = this
    await host.until(({ lead }) => lead?.inflight === undefined && lead?.waiting.length === 0)
    for (const person of this.house.people)
      if (person.state.phase === "seated" && !person.stopped)
        await person.until(
          ({ secret, chain }) => person.idle && secret?.epoch === host.epoch && chain?.step === host.state.chain?.step,
        )
  }

  /** A message under somebody's own keys that their machine may never make; nobody has been shown it yet. */
  async forge(from: Person, content: Content, n: number = this.house.now): Promise<Passed> {
    const { secret, chain, serial, seatSeed, space } = from.state
    if (!secret || !chain?.head || !serial || !seatSeed) throw new Error(`${from.who} has no seat.`)
    const terms = { space, epoch: chain.head.fields.epoch, step: chain.step, serial, n }
    const made = await sealAppMessage(p, seatSeed, secret.secret, viewOf(chain.head), terms, content)
    return { message: made.bytes, cert: [] }
  }

  /** The app messages that somebody's device has sent, by size. */
  sizesSentBy(who: string): readonly number[] {
    return this.house.carried.flatMap((carried) => {
      if (carried.who !== who || carried.way !== "to-service") return []
      const { TAG, data } = clientCodec.decode(carried.bytes)
      return TAG === "app" ? [data.message.length] : []
    })
  }

  /** What of somebody the service has handed on to one device. */
  passedOn(who: string, from: Person): readonly Passed[] {
    return this.house.carried.flatMap((carried) => {
      if (carried.who !== who || carried.way !== "to-member") return []
      const { TAG, data } = serviceCodec.decode(carried.bytes)
      return TAG === "app" && appMessageKind.decode(p, data.message).fields.serial === from.serial ? [data] : []
    })
  }
}

export const onStage = (seen: Person, whom: Person): boolean =>
  seen.state.chain?.roster.some(({ serial }) => serial === whom.serial) === true

export const say = (person: Person, words: Say): Promise<MemberReply> => person.command({ kind: "say", say: words })

/** Resolves once somebody has read a line. */
export const reads = (person: Person, text: string): Promise<void> =>
  person.until(({ conversation }) => conversation.talk.some(({ said }) => said.kind === "chat" && said.text === text))

export const ordered = (act: ActName, whom: Person): Content => ({
  TAG: "order",
  data: { act: acts[act], target: whom.serial as SeatSerial, request: [], reason: 0 },
})

/** Resolves when everything that was shown to somebody before is worked off. */
export async function worksOff(person: Person): Promise<void> {
  await person.command({ kind: "invite-link", invite: "none" })
}
