import { MicrophoneError, openMicrophone } from "../rtc/devices.ts"
import type { Sfu } from "../rtc/sfu.ts"
import { microphoneOff, type Microphone } from "./session.ts"

/**
 * This member's microphone: asked for at the first tap, kept while on stage (browsers may ask anew each time it is
 * opened), stopped when the stage is left. Muted means that silence is sent in its place.
 */
export class MicrophoneControl {
  readonly #sfu: () => Promise<Sfu>
  readonly #tell: (microphone: Microphone) => void
  #track: MediaStreamTrack | undefined
  #state: Microphone["state"] = "off"
  #onStage = false

  constructor(sfu: () => Promise<Sfu>, tell: (microphone: Microphone) => void) {
    this.#sfu = sfu
    this.#tell = tell
  }

  /** Whether this member may speak; leaving the stage lets go of the device. */
  stage(onStage: boolean): void {
    this.#onStage = onStage
    if (!onStage && this.#state !== "off") void this.release()
  }

  async turnOn(): Promise<void> {
    if (this.#state !== "off") return
    this.#set("asking")
    try {
      const track = await openMicrophone()
      if (!this.#onStage) {
        track.stop()
        return
      }
      this.#track = track
      await (await this.#sfu()).setSource(track)
      this.#set("live")
    } catch (error) {
      await this.release()
      this.#tell({ state: "off", problem: error instanceof MicrophoneError ? error.code : "no-microphone" })
    }
  }

  async setMuted(muted: boolean): Promise<void> {
    const track = this.#track
    if (track === undefined || this.#state === "asking") return
    this.#set(muted ? "muted" : "live")
    track.enabled = !muted
    await (await this.#sfu()).setSource(muted ? undefined : track)
  }

  /** The device went away by itself. */
  async lost(): Promise<void> {
    await this.release()
    this.#tell({ state: "off", problem: "no-microphone" })
  }

  async release(): Promise<void> {
    const track = this.#track
    this.#track = undefined
    this.#state = "off"
    this.#tell(microphoneOff)
    track?.stop()
    if (track !== undefined) await (await this.#sfu()).setSource(undefined)
  }

  #set(state: Microphone["state"]): void {
    this.#state = state
    this.#tell({ state, problem: undefined })
  }
}
