import type { Sfu, SfuRole } from "../../server/sfu/sfu.ts"

/** A media server as far as who is in its room: it believes the tokens it made itself. */
export class SimulatedSfu implements Sfu {
  /** Identities in the room. */
  readonly present = new Set<string>()
  /** Identities of the seats that asked, by serial. */
  readonly serials = new Map<string, number>()

  openRoom(): Promise<void> {
    return Promise.resolve()
  }

  closeRoom(): Promise<void> {
    this.present.clear()
    return Promise.resolve()
  }

  token(_room: string, identity: string): Promise<string> {
    return Promise.resolve(identity)
  }

  read(token: string): Promise<{ readonly identity: string; readonly role: SfuRole }> {
    return Promise.resolve({ identity: token, role: "audience" })
  }

  setRole(): Promise<void> {
    return Promise.resolve()
  }

  remove(_room: string, identity: string): Promise<void> {
    this.present.delete(identity)
    return Promise.resolve()
  }
}
