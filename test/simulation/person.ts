import type { Link } from "#crypto/link/link"
import type { Device } from "./device.ts"

/** What is known of an invite that the host has made. */
export interface KnownInvite {
  /** In hex. */
  readonly id: string
  readonly link: Link
  readonly role: "listener" | "speaker" | "moderator" | "cohost"
  readonly personal: boolean
  readonly uses: number
}

/** Somebody with a link, or the host. */
export interface Person {
  readonly who: string
  /** Undefined: the host. */
  readonly invite: KnownInvite | undefined
  /** How wrong the clock of their machine is, in ms. */
  readonly skewMs: number
  /** The page that is open, if one is. */
  device: Device | undefined
  /** Left for good, or gave up. */
  out: boolean
}
