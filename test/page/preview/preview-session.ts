import type { Command, ReplyValue } from "../../../web/keys/messages.ts"
import { microphoneOff, noSound, noVoices, type Session, type SessionListener } from "../../../web/room/session.ts"
import type { State } from "./states.ts"

/** A session in which nothing happens: it says once what a state holds, and answers commands with literals. */
export class PreviewSession implements Session {
  readonly #state: State
  #listener: SessionListener | undefined
  constructor(state: State) {
    this.#state = state
  }

  listen(listener: SessionListener): void {
    this.#listener = listener
    listener.sound(this.#state.sound ?? noSound)
    listener.microphone(this.#state.microphone ?? microphoneOff)
    listener.view(this.#state.view)
    listener.voices(this.#state.voices ?? noVoices)
  }

  command(command: Command): Promise<ReplyValue> {
    if (command.kind === "invite" || command.kind === "invite-link")
      return Promise.resolve({ kind: "link", link: this.#state.link, invite: "preview" })
    return Promise.resolve({ kind: "failed", problem: "offline" })
  }

  prepareSound(): void {
    // Nothing to play.
  }
  turnOnMicrophone(): Promise<void> {
    return Promise.resolve()
  }
  comeOnStage(): Promise<ReplyValue> {
    return Promise.resolve({ kind: "failed", problem: "offline" })
  }
  setMuted(muted: boolean): void {
    this.#listener?.microphone({ state: muted ? "muted" : "live", problem: undefined })
  }
  playSound(): Promise<void> {
    return Promise.resolve()
  }
  retrySound(): void {
    // Nothing to connect.
  }
  close(): void {
    // Nothing to close.
  }
}
