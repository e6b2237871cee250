import type { House } from "./house.ts"

/** What goes wrong, one thing at a time, as chance will have it. */
export class Faults {
  readonly #house: House
  #running = false

  constructor(house: House) {
    this.#house = house
  }

  start(): void {
    this.#running = true
    this.#house.weather.storm(this.#house.draws)
    this.#next()
  }

  stop(): void {
    this.#running = false
    this.#house.weather.calm()
  }

  #next(): void {
    const { agenda, draws } = this.#house
    agenda.after(draws.between(500, 12_000), async () => {
      if (!this.#running) return
      await this.#strike()
      this.#next()
    })
  }

  async #strike(): Promise<void> {
    const { draws, weather, agenda, devices, people, service } = this.#house
    const device = draws.pick(devices)
    const person = draws.pick(people.filter((one) => one.device?.lives === true))
    switch (draws.below(9)) {
      case 0:
      case 1:
        // Before one of its next outputs: after what was stored, before what was sent, or the other way round.
        if (device !== undefined) device.crashAt = draws.below(6)
        return
      case 2:
        device?.die()
        return
      case 3:
        if (person !== undefined) {
          weather.cutOff.add(person.who)
          person.device?.cut()
          agenda.after(draws.between(1000, 60_000), () => weather.cutOff.delete(person.who))
        }
        return
      case 4:
        if (person !== undefined) this.#house.duplicate(person)
        return
      case 5:
        device?.sleep(draws.between(500, 60_000))
        return
      case 6:
        if (!service.up) return
        if (draws.chance(0.6)) return service.lightFuse(draws.below(8))
        this.#house.note("service killed")
        await service.kill(draws.chance(0.5))
        return this.#house.restartSoon()
      case 7:
        device?.cut()
        return
      default:
        weather.storm(draws)
    }
  }
}
