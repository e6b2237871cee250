import type { MicrophoneProblem } from "../i18n/failure.ts"
import { MicrophoneError } from "../rtc/devices.ts"
import type { Sfu } from "../rtc/sfu.ts"
import { microphoneOff, type Microphone } from "./session.ts"

export interface MicrophoneOptions {
  readonly sfu: () => Promise<Pick<Sfu, "setSource">>
  readonly tell: (microphone: Microphone) => void
  /** Asks the browser. @throws MicrophoneError */
  readonly open: () => Promise<MediaStreamTrack>
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
}

/** How long a microphone that was asked for before the stage is held until the stage comes. */
const patienceMs = 15_000

/**
 * This member's microphone: asked for at the first tap, kept while on stage (browsers may ask anew each time it is
 * opened), stopped when the stage is left. Muted means that silence is sent in its place.
 */
export class MicrophoneControl {
  readonly #options: MicrophoneOptions
  #track: MediaStreamTrack | undefined
  #state: Microphone["state"] = "off"
  #onStage = false
  /** The stage is on its way to whoever has just accepted an invitation: each acceptance is one object. */
  #expected: object | undefined

  constructor(options: MicrophoneOptions) {
    this.#options = options
  }

  /** Whether this member may speak; leaving the stage lets go of the device. */
  stage(onStage: boolean): void {
    this.#onStage = onStage
    if (onStage) this.#expected = undefined
    if (!this.#isWanted() && this.#state !== "off") void this.release()
  }

  async turnOn(): Promise<void> {
    if (this.#state !== "off") return
    const problem = await this.#take(false)
    if (problem !== undefined) this.#options.tell({ state: "off", problem })
  }

  /**
   * Asks for it before the stage is there, and holds it muted; it is let go of if the stage does not come.
   * @returns why there is none, if so
   */
  async prepare(): Promise<MicrophoneProblem | undefined> {
    if (this.#state !== "off") return undefined
    const expected = {}
    this.#expected = expected
    const problem = await this.#take(true)
    if (problem === undefined) void this.#options.wait(patienceMs).then(() => this.#giveUp(expected))
    else this.#expected = undefined
    return problem
  }

  /** The stage that a microphone was held for does not come. */
  giveUp(): void {
    this.#giveUp(this.#expected)
  }

  async setMuted(muted: boolean): Promise<void> {
    const track = this.#track
    if (track === undefined || this.#state === "asking") return
    this.#set(muted ? "muted" : "live")
    track.enabled = !muted
    await (await this.#options.sfu()).setSource(muted ? undefined : track)
  }

  /** The device went away by itself. */
  async lost(): Promise<void> {
    await this.release()
    this.#options.tell({ state: "off", problem: "no-microphone" })
  }

  async release(): Promise<void> {
    const track = this.#track
    this.#track = undefined
    this.#state = "off"
    this.#options.tell(microphoneOff)
    track?.stop()
    if (track !== undefined) await (await this.#options.sfu()).setSource(undefined)
  }

  async #take(muted: boolean): Promise<MicrophoneProblem | undefined> {
    this.#set("asking")
    try {
      const track = await this.#options.open()
      if (!this.#isWanted()) {
        track.stop()
        if (this.#state !== "off") this.#set("off")
        return undefined
      }
      this.#track = track
      track.enabled = !muted
      if (!muted) await (await this.#options.sfu()).setSource(track)
      this.#set(muted ? "muted" : "live")
      return undefined
    } catch (error) {
      await this.release()
      return error instanceof MicrophoneError ? error.code : "no-microphone"
    }
  }

  #giveUp(expected: object | undefined): void {
    if (expected === undefined || expected !== this.#expected) return
    this.#expected = undefined
    if (!this.#onStage && this.#state !== "off") void this.release()
  }

  #isWanted(): boolean {
    return this.#onStage || this.#expected !== undefined
  }

  #set(state: Microphone["state"]): void {
    this.#state = state
    this.#options.tell({ state, problem: undefined })
  }
}
