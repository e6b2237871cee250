import { WebSocket } from "ws"
import type { Bytes } from "#crypto/base/bytes"
import { challengeStatement } from "#crypto/base/challenge"
import type { SpaceId } from "#crypto/base/ids"
import { webPrimitives as p } from "#crypto/base/web-primitives"
import {
  clientCodec,
  helloKinds,
  serviceCodec,
  type ClientData,
  type ClientMessage,
  type ClientTag,
  type ServiceData,
  type ServiceMessage,
  type ServiceTag,
} from "#crypto/wire/wire"

type Fields<T extends ClientTag> = Omit<ClientData<T>, "ref">

/** A bare client of the room socket: sends what a test asks for, however wrong, and hands out what comes back. */
export class RoomClient {
  readonly #socket: WebSocket
  readonly #arrived: ServiceMessage[] = []
  readonly #waiting = new Set<() => void>()
  readonly closed: Promise<number>
  nonce: Bytes = new Uint8Array(32)
  #ref = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.on("close", (code) => resolve(code)))
    socket.on("message", (data: Buffer) => {
      this.#arrived.push(serviceCodec.decode(data))
      for (const wake of this.#waiting) wake()
    })
    socket.on("close", () => {
      for (const wake of this.#waiting) wake()
    })
  }

  /** Connects and takes the challenge. @param url - http://… of the service */
  static async open(url: string): Promise<RoomClient> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/room`)
    const client = new RoomClient(socket)
    socket.on("error", () => undefined)
    client.nonce = (await client.next("challenge")).nonce
    return client
  }

  /** The next message of one kind, taken out of what has arrived; others stay. */
  async next<T extends ServiceTag>(
    tag: T,
    matches: (data: ServiceData<T>) => boolean = () => true,
  ): Promise<ServiceData<T>> {
    for (;;) {
      const at = this.#arrived.findIndex((message) => message.TAG === tag && matches(message.data as ServiceData<T>))
      if (at >= 0) return this.#arrived.splice(at, 1)[0]?.data as ServiceData<T>
      await this.#more(`a ${tag}`)
    }
  }

  /** What has arrived of one kind so far. */
  has<T extends ServiceTag>(tag: T, matches: (data: ServiceData<T>) => boolean = () => true): boolean {
    return this.#arrived.some((message) => message.TAG === tag && matches(message.data as ServiceData<T>))
  }

  /** Sends one message and takes the one answer to it. */
  async ask<T extends ClientTag>(tag: T, fields: Fields<T>): Promise<ServiceMessage> {
    const ref = ++this.#ref
    this.raw(clientCodec.encode({ TAG: tag, data: { ...fields, ref } } as unknown as ClientMessage))
    return this.answer(ref)
  }

  /** Like {@link ask}; the answer's code if it is an error, else its kind. */
  async outcome<T extends ClientTag>(tag: T, fields: Fields<T>): Promise<string> {
    const answer = await this.ask(tag, fields)
    return answer.TAG === "error" ? answer.data.code : answer.TAG
  }

  async answer(ref: number): Promise<ServiceMessage> {
    for (;;) {
      const at = this.#arrived.findIndex((message) => "ref" in message.data && message.data.ref === ref)
      const message = at >= 0 ? this.#arrived.splice(at, 1)[0] : undefined
      if (message !== undefined) return message
      await this.#more("an answer")
    }
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#socket.send(bytes)
  }

  async helloMessage(kind: keyof typeof helloKinds, space: SpaceId, seed: Uint8Array): Promise<Fields<"hello">> {
    const code = helloKinds[kind]
    const signature = await p.sign(seed, challengeStatement(space, code, this.nonce))
    return { space, kind: code, key: p.publicKey(seed), signature }
  }

  async hello(kind: keyof typeof helloKinds, space: SpaceId, seed: Uint8Array): Promise<ServiceMessage> {
    return this.ask("hello", await this.helloMessage(kind, space, seed))
  }

  async sync(since = 0xffff_ffff): Promise<ServiceData<"state">> {
    const answer = await this.ask("sync", { since })
    if (answer.TAG !== "state") throw new Error(`sync was answered by ${answer.TAG}`)
    return answer.data
  }

  async close(): Promise<void> {
    this.#socket.close()
    await this.closed
  }

  async #more(what: string): Promise<void> {
    if (this.#socket.readyState >= WebSocket.CLOSING) throw new Error(`The socket closed; ${what} never came.`)
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(wake)
        reject(new Error(`Waited 8 s for ${what}; arrived: ${this.#arrived.map((message) => message.TAG).join(", ")}`))
      }, 8000)
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      this.#waiting.add(wake)
    })
  }
}
