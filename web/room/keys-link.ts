import type { Bytes } from "#crypto/base/bytes"
import type { Command, KeysToPage, PageToKeys, ReplyValue, RoomView } from "../keys/messages.ts"

/** The page's end of the keys worker: any object with these three members will do. */
export interface KeysPort {
  postMessage(message: PageToKeys, transfer: Transferable[]): void
  addEventListener(type: "message", listener: (event: MessageEvent<KeysToPage>) => void): void
  addEventListener(type: "error", listener: (event: Event) => void): void
}

/** Numbers the page's commands, gives each its one answer, and hands on every view. */
export class KeysLink {
  readonly #port: KeysPort
  readonly #waiting = new Map<number, (value: ReplyValue) => void>()
  #next = 1
  #broken = false

  /**
   * @param onbroken - The worker could not be loaded or threw: nothing will ever answer again.
   * @param onnotice - What goes out over the media server.
   */
  constructor(
    port: KeysPort,
    onview: (view: RoomView) => void,
    onbroken: () => void,
    onnotice: (bytes: Bytes) => void,
  ) {
    this.#port = port
    port.addEventListener("message", ({ data }) => {
      if (data.kind === "view") onview(data.view)
      else if (data.kind === "notice") onnotice(data.bytes)
      else this.#answer(data.id, data.value)
    })
    port.addEventListener("error", () => {
      this.#broken = true
      for (const id of [...this.#waiting.keys()]) this.#answer(id, { kind: "failed", problem: "internal" })
      onbroken()
    })
  }

  /** The first message: where this site is, and the keys worker's end of its channel to the media worker. */
  start(origin: string, mediaPort: MessagePort): void {
    this.#port.postMessage({ kind: "start", origin, mediaPort }, [mediaPort])
  }

  /** What the media server carried, for the worker to judge. */
  notice(bytes: Bytes): void {
    this.#port.postMessage({ kind: "notice", bytes }, [])
  }

  /** Sends a command. Never rejects: what went wrong is a reply, too. */
  command(command: Command): Promise<ReplyValue> {
    if (this.#broken) return Promise.resolve({ kind: "failed", problem: "internal" })
    const id = this.#next++
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#port.postMessage({ kind: "command", id, command }, [])
    })
  }

  #answer(id: number, value: ReplyValue): void {
    this.#waiting.get(id)?.(value)
    this.#waiting.delete(id)
  }
}
