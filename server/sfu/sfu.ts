import type { SenderIndex } from "#crypto/base/ids"
import { onStage } from "#crypto/room/roster"

/** What a seat may do at the SFU. */
export type SfuRole = "stage" | "audience"

export const roleAt = (index: SenderIndex): SfuRole => (onStage(index) ? "stage" : "audience")

/** The media server, as far as the key service needs it. Each call may fail; callers retry or say so. */
export interface Sfu {
  /** Makes sure that the room is there: the SFU makes none by itself. */
  openRoom(room: string): Promise<void>
  closeRoom(room: string): Promise<void>
  /** A token for one join within a minute. */
  token(room: string, identity: string, role: SfuRole): Promise<string>
  /** What a token says, if it is signed with our key and has not run out. */
  read(token: string): Promise<{ readonly identity: string; readonly role: SfuRole } | undefined>
  /** Rejects if the identity is not there, or not yet. */
  setRole(room: string, identity: string, role: SfuRole): Promise<void>
  remove(room: string, identity: string): Promise<void>
}
