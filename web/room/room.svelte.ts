import { bareView } from "../keys/bare-view.ts"
import type { Command, ReplyValue, RoomView } from "../keys/messages.ts"
import { loud } from "./doubts.ts"
import { logged, type AlarmNote } from "./alarm-log.ts"
import { microphoneOff, noSound, noVoices, type Microphone, type Session, type Sound, type Voices } from "./session.ts"

/** What is shown before the keys worker has said anything: nothing is known to be wrong. */
const blankView = (space: string): RoomView => ({ ...bareView(space, "opening"), online: true })

/** How loud a sender has to be to be shown as speaking, of 0…1. */
const speakingLevel = 0.02

/** What the components read, and the taps they hand on. Its session is the only writer. */
export class Room {
  view = $state.raw<RoomView>(blankView(""))
  sound = $state.raw<Sound>(noSound)
  microphone = $state.raw<Microphone>(microphoneOff)
  voices = $state.raw<Voices>(noVoices)
  /** What did not add up in this stay, the newest first. */
  alarms = $state.raw<readonly AlarmNote[]>([])
  readonly isHost: boolean = $derived(this.view.me?.role === "host")
  readonly onStage: boolean = $derived(this.view.me?.index !== undefined)
  readonly #session: Session

  constructor(session: Session, space: string) {
    this.#session = session
    this.view = blankView(space)
    session.listen({
      view: (view) => {
        this.view = view
        this.alarms = logged(this.alarms, view.alarms)
      },
      sound: (sound) => {
        this.sound = sound
      },
      microphone: (microphone) => {
        this.microphone = microphone
      },
      voices: (voices) => {
        this.voices = voices
      },
    })
  }

  /** Whether the sender at an index is heard right now. */
  speaks(index: number): boolean {
    const voice = this.voices.get(index)
    return voice !== undefined && !voice.muted && voice.level >= speakingLevel
  }

  /** Whether the newest cell of the sender at an index says "muted". Before the first cell nothing is claimed. */
  isMuted(index: number): boolean {
    return this.voices.get(index)?.muted ?? false
  }

  /** What is to be said of the voice at an index, if it may not be its sender's. */
  doubt(index: number): "doubtful" | "tampered" | undefined {
    const voice = this.voices.get(index)
    return voice && loud[voice.trust]
  }

  command(command: Command): Promise<ReplyValue> {
    return this.#session.command(command)
  }

  /** The tap that joins: players are made inside the gesture, then the seat is asked for. */
  join(): Promise<ReplyValue> {
    this.#session.prepareSound()
    return this.#session.command({ kind: "join" })
  }

  moveHere(): Promise<ReplyValue> {
    this.#session.prepareSound()
    return this.#session.command({ kind: "move-here" })
  }

  turnOnMicrophone(): Promise<void> {
    return this.#session.turnOnMicrophone()
  }

  toggleMute(): void {
    this.#session.setMuted(this.microphone.state === "live")
  }

  playSound(): Promise<void> {
    return this.#session.playSound()
  }

  retrySound(): void {
    this.#session.retrySound()
  }

  close(): void {
    this.#session.close()
  }
}
