import type { AuditBrowser } from "./gather/browser.ts"
import type { TappedPage } from "./gather/tapped-page.ts"
import type { Removal } from "./evidence.ts"

/** Something to audit: a deployment of the product, or a control. */
export interface Subject {
  /** Its address, or the control's name. */
  readonly name: string
  /** Makes a room of the auditor's own and brings the auditor's speaker on air in it. */
  readonly open: (browser: AuditBrowser) => Promise<Room>
}

export interface Room {
  readonly speaker: TappedPage
  /** A new link that lets its holder listen. */
  readonly invite: () => Promise<string>
  /** Opens a link in an empty page and becomes a listener. */
  readonly join: (listener: TappedPage, link: string) => Promise<void>
  /** What a subscriber without keys needs to be let in by the media server. */
  readonly pass: () => Promise<{ readonly url: string; readonly token: string }>
  readonly mute: (muted: boolean) => Promise<void>
  /** Removes the listener who joined by `join`. */
  readonly remove: () => Promise<Removal>
  readonly close: () => Promise<void>
}

/** How long to watch; a step of 0 ms is left out, and with it the evidence that it would give. */
export interface Timeline {
  readonly speakMs: number
  readonly muteMs: number
  /** After the removal. */
  readonly afterMs: number
}
