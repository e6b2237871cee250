/** What a seat may do at the SFU. */
export type SfuRole = "stage" | "audience"

/** The media server, as far as the key service needs it. Each call may fail; callers retry or say so. */
export interface Sfu {
  /** Makes sure that the room is there: the SFU makes none by itself. */
  openRoom(room: string): Promise<void>
  closeRoom(room: string): Promise<void>
  /** A token for one join within a minute. */
  token(room: string, identity: string, role: SfuRole): Promise<string>
  /** The identity a token names, if it is signed with our key and has not run out. */
  identityIn(token: string): Promise<string | undefined>
  setRole(room: string, identity: string, role: SfuRole): Promise<void>
  remove(room: string, identity: string): Promise<void>
}
