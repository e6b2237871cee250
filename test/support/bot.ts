import { setTimeout as delay } from "node:timers"
import { WebSocket } from "ws"

import type { EpochMs } from "#crypto/base/ids"
import { webPrimitives } from "#crypto/base/web-primitives"
import { formatLink, parseLink, type Link } from "#crypto/link/link"
import { step } from "#crypto/member/member"
import { createSpace, startFromLink, startFromRecord } from "#crypto/member/start"
import type { MediaOrder, MemberCommand, MemberReply, MemberState, VaultRecord } from "#crypto/member/types"
import { Courier } from "../../web/courier/courier.ts"
import { postSpace } from "../../web/courier/create-space.ts"
import { roomUrl, type Dial } from "../../web/courier/line.ts"
import { Driver } from "../../web/keys/driver.ts"
import { decodeRecord, encodeRecord } from "../../web/keys/vault-record.ts"

/** Where a bot lives, and how long it waits before it calls a wait failed. */
export interface BotOptions {
  /** "http://localhost:8080" */
  readonly origin: string
  /** Address to connect from, so that many bots are many neighbours. */
  readonly localAddress?: string
  readonly waitMs?: number
}

/** A member without a browser: the machine, driver and courier of the page, no sound. */
export class Bot {
  readonly origin: string
  /** Every order to the media worker so far, with bytes of its own. */
  readonly orders: MediaOrder[] = []
  /** What a browser's vault would hold; undefined after `forget`. */
  record: VaultRecord | undefined
  /** Whether the machine threw. */
  broken = false
  readonly #driver: Driver
  readonly #waiting = new Set<() => void>()
  readonly #waitMs: number

  constructor(state: MemberState, record: VaultRecord | undefined, options: BotOptions) {
    this.origin = options.origin
    this.record = record
    this.#waitMs = options.waitMs ?? 20_000
    this.#driver = new Driver(state, {
      step,
      p: webPrimitives,
      now,
      monotonic: () => performance.now(),
      every(ms, run) {
        const timer = setInterval(run, ms)
        return () => clearInterval(timer)
      },
      connect: (events) =>
        new Courier(
          {
            url: roomUrl(options.origin),
            dial: dialFrom(options.localAddress),
            monotonic: () => performance.now(),
            random: () => (webPrimitives.random(1)[0] ?? 0) / 256,
            after(ms, run) {
              const timer = delay(run, ms)
              return () => clearTimeout(timer)
            },
          },
          events,
        ),
      notice: () => undefined,
      persist: async (next) => {
        // Through the vault's own bytes: the machine wipes what a record of its buffers would share.
        this.record = decodeRecord(webPrimitives, encodeRecord(next))
      },
      forget: async () => {
        this.record = undefined
      },
      media: (order) => {
        this.orders.push(ownCopy(order))
        this.#tell()
      },
      changed: () => this.#tell(),
      broken: () => {
        this.broken = true
        this.#tell()
      },
    })
  }

  get state(): MemberState {
    return this.#driver.state
  }

  /** How often something was refused, by code. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#driver.refusals
  }

  command(command: MemberCommand): Promise<MemberReply> {
    return this.#driver.command(command)
  }

  /** Makes an invite and gives its link as text. */
  async invite(wish: Partial<Omit<Extract<MemberCommand, { kind: "invite" }>, "kind">> = {}): Promise<string> {
    const reply = await this.command({
      kind: "invite",
      label: "a bot",
      role: "listener",
      personal: false,
      uses: 0,
      lifetimeMs: 3_600_000,
      ...wish,
    })
    if (reply.kind !== "link") throw new Error(`The invite was refused: ${JSON.stringify(reply)}.`)
    return formatLink(this.origin, reply.link)
  }

  /** Resolves as soon as it holds, at the latest after the bot's patience. @throws Error that says where it stood */
  async until(holds: (bot: this) => boolean, what = holds.toString()): Promise<void> {
    const settled = (): boolean => this.broken || holds(this)
    if (!settled()) {
      await new Promise<void>((resolve) => {
        const finish = (): void => {
          clearTimeout(timer)
          this.#waiting.delete(look)
          resolve()
        }
        const look = (): void => {
          if (settled()) finish()
        }
        const timer = delay(finish, this.#waitMs)
        this.#waiting.add(look)
      })
    }
    if (!holds(this)) throw new Error(`In vain: ${what}. The bot is ${this.#where()}.`)
  }

  /** Ends the bot as a closed tab would: its seat and its record stay. */
  stop(): void {
    this.#driver.stop("left")
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look()
  }

  #where(): string {
    const { phase, problem, socket } = this.state
    const refusals = JSON.stringify([...this.refusals])
    return `${this.broken ? "broken, " : ""}${phase} (${problem ?? "no problem"}), ${socket}, refusals ${refusals}`
  }
}

/** Makes a space and hosts it; resolves once the host has its room open. @throws Error if the service refuses */
export async function hostSpace(options: BotOptions, title = "Bots"): Promise<Bot> {
  const made = await createSpace(webPrimitives, now(), { title, hostName: "Host bot", language: "en" })
  const creation = await postSpace(options.origin, made.body)
  if (creation !== "created") throw new Error(`The space was not created: ${creation}.`)
  const host = new Bot(made.state, made.record, options)
  await host.until(({ state }) => state.phase === "seated" && state.chain?.head !== undefined, "the room is open")
  return host
}

/** Opens an invite link and asks for a seat; resolves once it is seated. @throws Error if it is not */
export async function joinSpace(link: string, options: BotOptions): Promise<Bot> {
  const bot = openLink(link, options)
  await bot.until(({ state }) => state.phase !== "opening", "the card opened")
  await bot.command({ kind: "join" })
  await bot.until(({ state }) => state.phase === "seated" || state.phase === "gone", "an answer came")
  if (bot.state.phase === "gone") throw new Error(`The bot was not let in: ${bot.state.problem ?? "no reason"}.`)
  return bot
}

/** Opens an invite link and goes no further than its card. */
export function openLink(link: string, options: BotOptions): Bot {
  return new Bot(startFromLink(readLink(link)), undefined, options)
}

/** Comes back from a record, as a reloaded tab does. */
export function reopen(record: VaultRecord, options: BotOptions): Bot {
  return new Bot(startFromRecord(webPrimitives, record), record, options)
}

function readLink(text: string): Link {
  const url = new URL(text)
  return parseLink(url.pathname.replace("/s/", ""), url.hash)
}

function now(): EpochMs {
  return Date.now() as EpochMs
}

/** The machine wipes its secrets when it is done with them; a bot's list outlives that. */
function ownCopy(order: MediaOrder): MediaOrder {
  if (order.kind !== "epoch") return order
  return { ...order, space: order.space.slice(), view: order.view.slice(), secret: order.secret.slice() }
}

function dialFrom(localAddress: string | undefined): Dial {
  return (url, events) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, ...(localAddress && { localAddress }) })
    socket.binaryType = "arraybuffer"
    socket.on("open", () => events.open())
    socket.on("close", () => events.close())
    // `close` follows; without a listener Node would throw
    socket.on("error", () => undefined)
    socket.on("message", (data: ArrayBuffer, isBinary) => {
      events.message(isBinary ? new Uint8Array(data) : new Uint8Array(0))
    })
    return { send: (bytes) => socket.send(bytes), close: () => socket.close() }
  }
}
