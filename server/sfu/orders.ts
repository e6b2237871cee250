import { setTimeout as delay } from "node:timers/promises"
import type { Log } from "../log.ts"
import type { Sfu, SfuRole } from "./sfu.ts"

const retryDelaysMs = [200, 1000, 5000]

/**
 * What the SFU must carry out some time: tried again when it fails, never waited for. Keys protect speech; these
 * orders only free its resources.
 */
export class SfuOrders {
  readonly #sfu: Sfu
  readonly #log: Log
  readonly #stopped = new AbortController()

  constructor(sfu: Sfu, log: Log) {
    this.#sfu = sfu
    this.#log = log
  }

  remove(room: string, identity: string): void {
    void this.#carryOut("remove", () => this.#sfu.remove(room, identity))
  }

  /** @param roleNow - asked at each try: a role of a while ago must not come after a newer one; undefined if it is gone. */
  setRole(room: string, identity: string, roleNow: () => Promise<SfuRole | undefined>): void {
    void this.#carryOut("set-role", async () => {
      const role = await roleNow()
      if (role !== undefined) await this.#sfu.setRole(room, identity, role)
    })
  }

  closeRoom(room: string): void {
    void this.#carryOut("close-room", () => this.#sfu.closeRoom(room))
  }

  stop(): void {
    this.#stopped.abort()
  }

  async #carryOut(action: string, order: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await order()
        return
      } catch {
        this.#log.error("sfu-failed", { action, attempt })
      }
      const wait = retryDelaysMs[attempt - 1]
      if (wait === undefined) return
      try {
        await delay(wait, undefined, { signal: this.#stopped.signal, ref: false })
      } catch {
        return
      }
    }
  }
}
