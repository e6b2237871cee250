import type { SoundProblem } from "../i18n/failure.ts"
import type { ReplyValue } from "../keys/messages.ts"
import { SfuError, type Sfu, type SfuEvent } from "../rtc/sfu.ts"
import { noSound, type Sound } from "./session.ts"

export interface SoundLineOptions {
  readonly sfu: () => Promise<Sfu>
  /** A fresh token for one join, from the keys worker. */
  readonly token: () => Promise<ReplyValue>
  readonly tell: (sound: Sound) => void
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
}

/** Pauses before the next join, by how many failed before. */
const pausesMs = [0, 500, 1000, 2000, 4000, 8000]
/** After so many failed joins in a row the person is told; it goes on trying. */
const patience = 3
/** The pause before one tries again to get on air, by how often a new connection has not helped: hearing goes on meanwhile. */
const airPausesMs = [1000, 5000, 20_000, 60_000]

/**
 * Keeps the connection to the SFU as the room wants it: connected while seated, on air while on stage. Each join has
 * its own token. What the SFU or the browser did wrong with our own sound (`sdp-refused`, `leak-suspected`) is not
 * tried again before somebody taps.
 */
export class SoundLine {
  readonly #options: SoundLineOptions
  #seated = false
  #onStage = false
  #connected = false
  #published = false
  #halted: SoundProblem | undefined
  #failures = 0
  #rejoins = 0
  #running = false
  #wake: (() => void) | undefined
  #sound: Sound = noSound

  constructor(options: SoundLineOptions) {
    this.#options = options
  }

  /** What the newest view of the room asks for. */
  want(seated: boolean, onStage: boolean): void {
    if (!seated) this.#halted = undefined
    this.#seated = seated
    this.#onStage = onStage
    this.#run()
  }

  /** A tap on "Try again". */
  retry(): void {
    this.#halted = undefined
    this.#failures = 0
    this.#rejoins = 0
    this.#tell({ problem: undefined })
    this.#wake?.()
    this.#run()
  }

  /** What the SFU's side reports. */
  hear(event: SfuEvent): void {
    if (event.kind === "state") this.#tell(event.state === "connecting" ? {} : { state: event.state })
    else if (event.kind === "sending") this.#tell({ sending: event.state })
    else if (event.kind === "sound") this.#tell({ blocked: event.blocked })
    else if (event.kind === "leak-suspected") {
      this.#published = false
      this.#halt("leak-suspected")
    } else if (event.kind === "disconnected") {
      this.#connected = false
      this.#published = false
      if (event.reason === "sdp-refused") this.#halt("sdp-refused")
      else if (event.reason !== "left") this.#failures++
      if (this.#seated) this.#tell({ state: this.#halted === undefined ? "reconnecting" : "failed" })
      this.#run()
    }
  }

  #halt(problem: SoundProblem): void {
    this.#halted = problem
    this.#tell({ problem })
  }

  #tell(change: Partial<Sound>): void {
    this.#sound = { ...this.#sound, ...change }
    this.#options.tell(this.#sound)
  }

  /** Steps until nothing is left to do. One runner at a time: SFU calls never overlap. */
  #run(): void {
    if (this.#running) {
      if (!this.#seated) this.#wake?.()
      return
    }
    this.#running = true
    const stepOn = async (): Promise<void> => {
      while (await this.#step());
      this.#running = false
    }
    void stepOn()
  }

  async #step(): Promise<boolean> {
    if (!this.#seated) return this.#end()
    if (!this.#connected) return this.#halted === undefined && (await this.#join())
    if (this.#onStage !== this.#published && this.#halted === undefined) return this.#air()
    return false
  }

  async #end(): Promise<boolean> {
    this.#failures = 0
    this.#rejoins = 0
    if (this.#connected) {
      this.#connected = false
      this.#published = false
      await (await this.#options.sfu()).disconnect()
      return true
    }
    if (this.#sound.state !== "off") this.#tell({ ...noSound, blocked: this.#sound.blocked })
    return false
  }

  async #join(): Promise<boolean> {
    if (this.#failures > 0) await this.#pause(pausesMs[Math.min(this.#failures, pausesMs.length - 1)] ?? 0)
    else this.#tell({ state: "connecting" })
    if (!this.#wantsJoin()) return true
    try {
      const sfu = await this.#options.sfu()
      const token = await this.#options.token()
      if (!this.#wantsJoin()) return true
      if (token.kind !== "sfu") throw new SfuError("sfu-unreachable")
      await sfu.connect(token.url, token.token)
      this.#connected = true
      this.#failures = 0
      this.#tell({ state: "connected", problem: undefined })
    } catch (error) {
      this.#failed(error)
    }
    return true
  }

  async #air(): Promise<boolean> {
    const sfu = await this.#options.sfu()
    const publish = this.#onStage
    try {
      await (publish ? sfu.publish() : sfu.unpublish())
      this.#published = publish
      this.#failures = 0
      this.#rejoins = 0
    } catch (error) {
      this.#failed(error)
      // What stands in the way may be the connection, or a permission that came with its ticket.
      if (this.#failures >= patience) await this.#joinAnew(sfu)
      else await this.#pause(airPausesMs[Math.min(this.#rejoins, airPausesMs.length - 1)] ?? 0)
    }
    return true
  }

  async #joinAnew(sfu: Sfu): Promise<void> {
    this.#connected = false
    this.#rejoins++
    this.#tell({ state: "reconnecting" })
    await sfu.disconnect()
  }

  #failed(error: unknown): void {
    if (error instanceof SfuError && error.code === "sdp-refused") this.#halt("sdp-refused")
    else this.#failures++
    if (this.#connected) return
    if (this.#halted !== undefined) this.#tell({ state: "failed" })
    else if (this.#failures >= patience) this.#tell({ state: "failed", problem: "sfu-unreachable" })
  }

  #wantsJoin(): boolean {
    return this.#seated && this.#halted === undefined
  }

  async #pause(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    await Promise.race([this.#options.wait(ms), woken])
    this.#wake = undefined
  }
}
