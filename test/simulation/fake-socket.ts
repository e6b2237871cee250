import { EventEmitter } from "node:events"

import type { Bytes } from "#crypto/base/bytes"

const open = 1
const closing = 2
export const closed = 3

/** What stands behind the service's side of a connection. */
interface SocketLine {
  /** The service says something. */
  push(bytes: Bytes): void
  /** It closes after what it has said. */
  closeByService(): void
  /** It ends the connection at once. */
  endService(): Promise<void>
}

/** The parts of a `ws` that the service uses. */
export class FakeSocket extends EventEmitter {
  readonly OPEN = open
  readyState: number = open
  readonly bufferedAmount = 0
  readonly #line: SocketLine

  constructor(line: SocketLine) {
    super()
    this.#line = line
  }

  send(bytes: Uint8Array, sent?: () => void): void {
    this.#line.push(Uint8Array.from(bytes))
    sent?.()
  }

  close(): void {
    if (this.readyState !== open) return
    this.readyState = closing
    this.#line.closeByService()
  }

  terminate(): void {
    this.readyState = closed
    // What went wrong in it shows at the next step.
    this.#line.endService().catch(() => undefined)
  }
}
