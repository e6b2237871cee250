import { equal, toBase64Url, type Bytes } from "#crypto/base/bytes"
import { ProtocolError } from "#crypto/base/errors"
import { parseLink, parseSpace, type Link } from "#crypto/link/link"
import { createSpace, startFromLink, startFromRecord } from "#crypto/member/start"
import type { MemberState, VaultRecord } from "#crypto/member/types"
import type { Creation } from "../courier/create-space.ts"
import type { EndorseRequest, KeysToMedia } from "../media/messages.ts"
import { Driver, type DriverPorts } from "./driver.ts"
import { createEndorser, type Endorser } from "./endorser.ts"
import type { Command, Problem, ReplyValue, RoomView } from "./messages.ts"
import { rehearseKem } from "./rehearsal.ts"
import { failed, replyValue } from "./reply.ts"
import { Screen } from "./screen.ts"
import type { Release, SpaceLocks } from "./space-lock.ts"
import type { Vault } from "./vault.ts"
import { bareView, goneView } from "./bare-view.ts"
import { roomView } from "./view.ts"

/** What a keeper is given by the worker it lives in. */
export interface KeeperPorts extends Omit<DriverPorts, "persist" | "forget" | "changed" | "broken"> {
  readonly origin: string
  vault(): Promise<Vault>
  readonly locks: SpaceLocks
  postSpace(body: Bytes): Promise<Creation>
  view(view: RoomView): void
  soon(run: () => void): void
}

interface Room {
  readonly space: string
  readonly driver: Driver
  readonly endorser: Endorser
  readonly release: Release
}

/** Keeps one page's member: opens its space from a link or from the vault, and answers the page. */
export class Keeper {
  readonly #ports: KeeperPorts
  readonly #screen: Screen
  /** Links given to this page, so that a second try needs no fragment. */
  readonly #links = new Map<string, Link>()
  #room: Room | undefined
  /** The space this page is about. */
  #space: string | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #rehearsed = false

  constructor(ports: KeeperPorts) {
    this.#ports = ports
    this.#screen = new Screen(
      (view) => ports.view(view),
      (run) => ports.soon(run),
    )
  }

  /** Carries out a command; what it changed is on the screen before its answer. Never rejects. */
  async handle(command: Command): Promise<ReplyValue> {
    const value = await this.#carryOut(command).catch(() => failed("internal"))
    this.#screen.flush()
    return value
  }

  /** The media worker used up a counter. */
  counterLimit(epoch: number): void {
    this.#room?.driver.push({ kind: "counter-limit", epoch })
  }

  /** What the media server carried; nothing is known of it yet. */
  notice(bytes: Bytes): void {
    this.#room?.driver.push({ kind: "notice", bytes })
  }

  /** A sender's verified checkpoint names the Head it follows. */
  headSeen(index: number, head: Bytes): void {
    this.#room?.driver.push({ kind: "head-seen", index, head })
  }

  /** Signs a checkpoint of our own; an answer always comes. */
  async endorse(request: EndorseRequest): Promise<Extract<KeysToMedia, { kind: "endorsed" }>> {
    const room = this.#room
    const signed = await room?.endorser
      .endorse(room.driver.state, request, this.#ports.monotonic())
      .catch(() => undefined)
    return { kind: "endorsed", id: request.id, endorsement: signed }
  }

  #carryOut(command: Command): Promise<ReplyValue> {
    switch (command.kind) {
      case "create":
        return this.#inTurn(() => this.#create(command))
      case "open":
        return this.#inTurn(() => this.#open(command.space, command.link))
      case "move-here":
        return this.#inTurn(() => this.#moveHere())
      default:
        return this.#ask(command)
    }
  }

  /** Spaces are opened one after the other: two taps on "try again" open it once. */
  #inTurn(run: () => Promise<ReplyValue>): Promise<ReplyValue> {
    const mine = this.#turn.then(run)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async #ask(command: Exclude<Command, { kind: "create" | "open" | "move-here" }>): Promise<ReplyValue> {
    if (this.#room === undefined) return failed("not-allowed")
    return replyValue(this.#ports.origin, await this.#room.driver.command(command))
  }

  async #create(wish: Extract<Command, { kind: "create" }>) {
    const { p, now } = this.#ports
    const { title, hostName, language } = wish
    // Opened first: a browser that cannot keep the keys makes no space.
    const vault = await this.#ports.vault()
    const made = await createSpace(p, now(), { title, hostName, language, kind: wish.space })
    const creation = await this.#ports.postSpace(made.body)
    if (creation !== "created") return failed(creation)
    const space = toBase64Url(made.record.space)
    this.#leave()
    const release = await this.#hold(space, false)
    if (release === undefined) return failed("internal")
    try {
      await vault.write(made.record)
    } catch (error) {
      release()
      throw error
    }
    this.#run(space, release, vault, made.state)
    return { kind: "created", space } as const
  }

  async #open(space: string, text: string | undefined): Promise<ReplyValue> {
    try {
      parseSpace(space)
      if (text !== undefined) this.#links.set(space, readLink(space, text))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return this.#refuse(space, "bad-link")
    }
    const running = this.#room
    if (running?.space === space && running.driver.state.phase !== "gone" && text === undefined) {
      this.#screen.forget()
      this.#show(running.driver.state)
      return { kind: "done" }
    }
    return this.#enter(space, false)
  }

  async #moveHere(): Promise<ReplyValue> {
    return this.#space === undefined ? failed("not-allowed") : this.#enter(this.#space, true)
  }

  async #enter(space: string, steal: boolean): Promise<ReplyValue> {
    this.#leave()
    this.#space = space
    this.#screen.forget()
    this.#screen.show(bareView(space, "opening"))
    const release = await this.#hold(space, steal)
    if (release === undefined) {
      this.#screen.show(bareView(space, "elsewhere"))
      return { kind: "done" }
    }
    try {
      const vault = await this.#ports.vault()
      const state = this.#start(await vault.read(parseSpace(space)), this.#links.get(space))
      if (state !== undefined) {
        this.#run(space, release, vault, state)
        return { kind: "done" }
      }
    } catch {
      // Held on to, the space would be open elsewhere for this very page.
      release()
      return this.#refuse(space, "internal")
    }
    release()
    return this.#refuse(space, "bad-link")
  }

  /** The seat one has goes before a link to it; another link is another invite. */
  #start(record: VaultRecord | undefined, link: Link | undefined): MemberState | undefined {
    const own = record !== undefined && (link === undefined || record.host !== undefined || sameInvite(record, link))
    if (own) return startFromRecord(this.#ports.p, record)
    return link === undefined ? undefined : startFromLink(link)
  }

  #run(space: string, release: Release, vault: Vault, state: MemberState): void {
    const endorser = createEndorser(this.#ports.p)
    const driver = new Driver(state, {
      ...this.#ports,
      media: (order) => {
        endorser.ordered(order, this.#ports.monotonic())
        this.#ports.media(order)
      },
      persist: (record) => vault.write(record),
      forget: () => vault.forget(state.space),
      changed: (next) => this.#changed(space, next),
      broken: () => this.#end(space, "internal"),
    })
    this.#space = space
    this.#room = { space, driver, endorser, release }
    this.#show(state)
  }

  #changed(space: string, state: MemberState): void {
    if (this.#room?.space !== space) return
    // A reload, or another tab, may open the space again.
    if (state.phase === "gone") this.#room.release()
    this.#show(state)
    if (state.phase === "card") this.#rehearseOnce()
  }

  /** While somebody reads a card there is time for it. */
  #rehearseOnce(): void {
    if (this.#rehearsed) return
    this.#rehearsed = true
    const pause = (): Promise<void> => new Promise((resolve) => this.#ports.soon(resolve))
    // What fails here fails where it counts, too, and is told there.
    void rehearseKem(this.#ports.p, pause).catch(() => undefined)
  }

  #show(state: MemberState): void {
    this.#screen.update(() => roomView(this.#ports.p, state, this.#ports.now()))
  }

  #hold(space: string, steal: boolean): Promise<Release | undefined> {
    return this.#ports.locks.hold(space, steal, () => {
      if (this.#room?.space !== space) return
      this.#room.driver.stop("moved")
      this.#end(space, "moved")
    })
  }

  /** Out of the space, for a reason the machine did not give. */
  #end(space: string, problem: Problem): void {
    if (this.#room?.space !== space) return
    this.#room.release()
    this.#room = undefined
    this.#screen.show(goneView(space, problem))
  }

  #leave(): void {
    this.#room?.driver.stop("internal")
    this.#room?.release()
    this.#room = undefined
  }

  #refuse(space: string, problem: Problem): ReplyValue {
    this.#leave()
    this.#screen.forget()
    this.#screen.show(goneView(space, problem))
    return failed(problem)
  }
}

/** Reads a whole link. @throws ProtocolError if it is none, or for another space. */
function readLink(space: string, text: string): Link {
  return parseLink(space, text.slice(text.indexOf("#") + 1))
}

function sameInvite(record: VaultRecord, link: Link): boolean {
  return record.inviteSeed !== undefined && equal(record.inviteSeed, link.seed) && equal(record.hostPub, link.hostPub)
}
