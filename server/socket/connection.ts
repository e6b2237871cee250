import type { WebSocket } from "ws"
import type { Bytes } from "#crypto/base/bytes"
import { helloKinds, serviceCodec, type ServiceMessage } from "#crypto/wire/wire"
import type { Room } from "../room/room.ts"
import type { WaitingRequest } from "../seat/request.store.ts"

/** What a socket has shown: a public key in hex, for an invite its id in hex. */
export interface Proof {
  readonly kind: (typeof helloKinds)[keyof typeof helloKinds]
  readonly key: string
}

/** What a socket may have unsent before it is cut: a slow reader comes back and syncs. */
const maxBufferedBytes = 1_048_576

/** One room socket: what it has shown, and the way out to it. */
export class Connection {
  readonly #socket: WebSocket
  #cut = false
  #shown: WeakSet<WaitingRequest> | undefined
  readonly nonce: Bytes
  /** Only a key of rate limits; never stored or logged. */
  readonly address: string
  room: Room | undefined
  proofs: readonly Proof[] = []
  synced = false
  /** Requests that came over this socket: id → the seat key it names, in hex. */
  readonly asked = new Map<string, string>()

  constructor(socket: WebSocket, nonce: Bytes, address: string) {
    this.#socket = socket
    this.nonce = nonce
    this.address = address
  }

  send(message: ServiceMessage): void {
    this.sendBytes(serviceCodec.encode(message))
  }

  sendBytes(bytes: Bytes): void {
    if (!this.open) return
    if (this.#socket.bufferedAmount > maxBufferedBytes) this.terminate()
    else this.#socket.send(bytes)
  }

  /** Sends one of many messages; resolves when it has left, so that a long list never fills the buffer. */
  async sendInTurn(message: ServiceMessage): Promise<void> {
    if (!this.open) return
    const bytes = serviceCodec.encode(message)
    await new Promise<void>((resolve) => this.#socket.send(bytes, () => resolve()))
  }

  /** Whether whoever may lead here has been shown a request, and keeps it. */
  wasShown(request: WaitingRequest): boolean {
    return this.#shown?.has(request) === true
  }

  noteShown(request: WaitingRequest): void {
    this.#shown ??= new WeakSet()
    this.#shown.add(request)
  }

  /** Its list of requests is empty: it has synced, or may not lead any more. */
  forgetShown(): void {
    this.#shown = undefined
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Closes after what was sent has gone out. */
  close(): void {
    this.#cut = true
    this.#socket.close()
  }

  /** Ends it at once. */
  terminate(): void {
    this.#cut = true
    this.#socket.terminate()
  }

  /** Whether we ended it: what its client still had under way is not taken. What came before the client's own goodbye is. */
  get cut(): boolean {
    return this.#cut
  }
}
