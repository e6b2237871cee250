import keysWorkerUrl from "../keys/keys.worker.ts?worker&url"
import type { Command, ReplyValue, RoomView } from "../keys/messages.ts"
import mediaWorkerUrl from "../media/media.worker.ts?worker&url"
import type { PageToMedia } from "../media/messages.ts"
import { openMicrophone } from "../rtc/devices.ts"
import type { Sfu, SfuEvent } from "../rtc/sfu.ts"
import { KeysLink } from "./keys-link.ts"
import { MicrophoneControl } from "./microphone.ts"
import { noVoices, type Session, type SessionListener, type Voices } from "./session.ts"
import { SoundLine } from "./sound-line.ts"
import { faded } from "./voices.ts"
import { startWorker } from "./worker-url.ts"

/**
 * The real session: a keys worker, a media worker, and the SFU. The channel between the two workers is made here and
 * both its ends are given away, so that no key ever passes through the page.
 */
export class LiveSession implements Session {
  readonly #keysWorker: Worker
  readonly #mediaWorker: Worker
  readonly #keys: KeysLink
  readonly #line: SoundLine
  readonly #microphone: MicrophoneControl
  #sfu: Promise<Sfu> | undefined
  /** The same, once it is here: what has to happen inside a tap cannot wait for a promise. */
  #loadedSfu: Sfu | undefined
  #prepare = false
  #listener: SessionListener | undefined
  #view: RoomView | undefined
  #voices: Voices = noVoices

  constructor(origin: string) {
    this.#keysWorker = startWorker(keysWorkerUrl, "keys")
    this.#mediaWorker = startWorker(mediaWorkerUrl, "media")
    const channel = new MessageChannel()
    this.#mediaWorker.postMessage({ kind: "start", keysPort: channel.port2 } satisfies PageToMedia, [channel.port2])
    this.#keys = new KeysLink(
      this.#keysWorker,
      (view) => {
        this.#show(view)
      },
      () => {
        if (this.#view !== undefined) this.#show({ ...this.#view, phase: "gone", problem: "internal" })
      },
      (bytes) => this.#loadedSfu?.sendNotice(bytes),
    )
    this.#keys.start(origin, channel.port1)
    const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
    this.#line = new SoundLine({
      sfu: () => this.#loadSfu(),
      token: () => this.command({ kind: "sfu-token" }),
      tell: (sound) => this.#listener?.sound(sound),
      wait,
    })
    this.#microphone = new MicrophoneControl({
      sfu: () => this.#loadSfu(),
      tell: (microphone) => this.#listener?.microphone(microphone),
      open: openMicrophone,
      wait,
    })
    // Preloaded while the card is read; a failure shows when the sound is wanted.
    this.#loadSfu().catch(() => undefined)
  }

  listen(listener: SessionListener): void {
    this.#listener = listener
    if (this.#view !== undefined) listener.view(this.#view)
  }

  command(command: Command): Promise<ReplyValue> {
    return this.#keys.command(command)
  }

  prepareSound(): void {
    this.#prepare = true
    this.#loadedSfu?.prepareSound()
  }

  turnOnMicrophone(): Promise<void> {
    // After a reload this may be the first tap: the browser lets sound start in it.
    this.prepareSound()
    void this.playSound()
    return this.#microphone.turnOn()
  }

  async comeOnStage(): ReturnType<Session["comeOnStage"]> {
    const problem = await this.#microphone.prepare()
    if (problem !== undefined) return { kind: "failed", problem }
    const value = await this.command({ kind: "say", say: { kind: "stage-answer", accept: true } })
    if (value.kind === "failed") this.#microphone.giveUp()
    return value
  }

  setMuted(muted: boolean): void {
    void this.#microphone.setMuted(muted)
  }

  async playSound(): Promise<void> {
    await this.#loadedSfu?.playSound()
  }

  retrySound(): void {
    this.#line.retry()
  }

  close(): void {
    this.#listener = undefined
    this.#line.want(false, false)
    void this.#microphone.release()
    this.#keysWorker.terminate()
    this.#mediaWorker.terminate()
  }

  #show(view: RoomView): void {
    this.#view = view
    const seated = view.phase === "seated"
    const onStage = seated && view.me?.index !== undefined
    this.#listener?.view(view)
    this.#microphone.stage(onStage)
    this.#line.want(seated, onStage)
  }

  #loadSfu(): Promise<Sfu> {
    this.#sfu ??= import("../rtc/livekit.ts").then(
      ({ createSfu }) => {
        const sfu = createSfu({
          mediaWorker: this.#mediaWorker,
          onEvent: (event) => {
            this.#hear(event)
          },
        })
        this.#loadedSfu = sfu
        if (this.#prepare) sfu.prepareSound()
        return sfu
      },
      (error: unknown) => {
        this.#sfu = undefined
        throw error
      },
    )
    return this.#sfu
  }

  #hear(event: SfuEvent): void {
    if (event.kind === "voices") {
      const me = this.#view?.me?.index
      const all = new Map(event.voices)
      if (me !== undefined) all.set(me, { level: event.mine, muted: false, trust: "verified" })
      this.#voices = faded(this.#voices, all)
      this.#listener?.voices(this.#voices)
    } else if (event.kind === "notice") this.#keys.notice(event.bytes)
    else if (event.kind === "source-ended") void this.#microphone.lost()
    else this.#line.hear(event)
  }
}
