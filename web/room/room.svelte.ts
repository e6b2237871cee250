import { bareView } from "../keys/bare-view.ts"
import { loud } from "./doubts.ts"
import type { Command, Person, ReplyValue, RoomView } from "../keys/messages.ts"
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
  /** Whether the microphone was live since the stage came. */
  hasSpoken = $state(false)
  /** Whoever asked this member to be quiet, until it unmutes. */
  mutedBy = $state.raw<Person>()
  readonly isHost: boolean = $derived(this.view.me?.role === "host")
  readonly onStage: boolean = $derived(this.view.me?.index !== undefined)
  /** The names people gave themselves, this member's own among them. */
  readonly names: RoomView["names"] = $derived(this.view.names)
  /** The name this member gave itself here. */
  readonly ownName: string | undefined = $derived(this.view.me && this.names[this.view.me.serial])
  readonly #session: Session
  /** The newest wish of a moderator that was obeyed. */
  #obeyed: number | undefined
  /** A name that waits for the seat. */
  #wanted: string | undefined

  constructor(session: Session, space: string) {
    this.#session = session
    this.view = blankView(space)
    session.listen({
      view: (view) => {
        this.view = view
        this.alarms = logged(this.alarms, view.alarms)
        if (!this.onStage) this.hasSpoken = false
        this.#obeyMute()
        void this.#introduce()
      },
      sound: (sound) => {
        this.sound = sound
      },
      microphone: (microphone) => {
        this.microphone = microphone
        if (microphone.state !== "live") return
        this.hasSpoken = true
        this.mutedBy = undefined
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

  /**
   * The tap that joins: players are made inside the gesture, then the seat is asked for.
   * @param name - how to be called inside; it is said once the seat is there.
   */
  join(name?: string): Promise<ReplyValue> {
    this.#wanted = name
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

  /** To be called inside a tap: takes the invitation on stage, with the microphone muted. */
  comeOnStage(): ReturnType<Session["comeOnStage"]> {
    return this.#session.comeOnStage()
  }

  /** Tells everybody how to call this member. */
  call(name: string): Promise<ReplyValue> {
    return this.command({ kind: "say", say: { kind: "profile", name } })
  }

  /** A name from the card is said once; after a failure it can be said again by hand. */
  async #introduce(): Promise<void> {
    const name = this.#wanted
    if (this.view.phase !== "seated" || name === undefined) return
    this.#wanted = undefined
    await this.call(name)
  }

  /** A moderator's wish for silence is obeyed once; unmuting stays this member's own. */
  #obeyMute(): void {
    const asked = this.view.muteAsked
    if (asked === undefined || asked.n === this.#obeyed) return
    this.#obeyed = asked.n
    if (this.microphone.state !== "live") return
    this.mutedBy = asked.by
    this.#session.setMuted(true)
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
