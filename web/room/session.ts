import type { MicrophoneProblem, SoundProblem } from "../i18n/failure.ts"
import type { Command, ReplyValue, RoomView } from "../keys/messages.ts"
import type { Voice } from "../rtc/sfu.ts"

/** The way of the sound, from this page to the SFU. */
export interface Sound {
  readonly state: "off" | "connecting" | "connected" | "reconnecting" | "failed"
  /** Whether the microphone is let through: `checking` until every packet sent is known to be sealed. */
  readonly sending: "off" | "checking" | "open"
  /** Why it failed; or, while connected, why this member's own track was taken down. */
  readonly problem: SoundProblem | undefined
  /** The browser wants another tap before it plays anything. */
  readonly blocked: boolean
}

/** This member's microphone. `off`: never asked for; `muted`: held, and silence goes out in its place. */
export interface Microphone {
  readonly state: "off" | "asking" | "live" | "muted"
  readonly problem: MicrophoneProblem | undefined
}

/** What is known of each sender, by sender index; this member's own place included. */
export type Voices = ReadonlyMap<number, Voice>

/** Whoever shows a session hears of every change here, each thing whole. */
export interface SessionListener {
  view(view: RoomView): void
  sound(sound: Sound): void
  microphone(microphone: Microphone): void
  voices(voices: Voices): void
}

/** One person's stay in one space: owns the workers and the connection to the SFU. It holds no key. */
export interface Session {
  listen(listener: SessionListener): void
  /** Asks the keys worker; answered exactly once, never rejected. */
  command(command: Command): Promise<ReplyValue>
  /** To be called inside a tap, before sound is wanted: browsers let only a tap make players. */
  prepareSound(): void
  /** To be called inside a tap: asks the browser for the microphone and lets it through. */
  turnOnMicrophone(): Promise<void>
  /**
   * To be called inside a tap: asks the browser for the microphone, which stays muted, and with it accepts the
   * invitation on stage.
   */
  comeOnStage(): Promise<ReplyValue | { readonly kind: "failed"; readonly problem: MicrophoneProblem }>
  /** Blind mute: silence in the same cells. */
  setMuted(muted: boolean): void
  /** To be called inside a tap, after the browser held the sound back. */
  playSound(): Promise<void>
  /** Connects to the SFU again after `failed`. */
  retrySound(): void
  /** Ends both workers and the connection. The seat stays (a reload comes back to it); leaving is a command. */
  close(): void
}

export const noSound: Sound = { state: "off", sending: "off", problem: undefined, blocked: false }
export const microphoneOff: Microphone = { state: "off", problem: undefined }
export const noVoices: Voices = new Map()
