import type { ConversationView, PersonAct, Say } from "./talk.ts"

/**
 * What crosses between the page and the keys worker: one tagged union a direction. No message towards the page has a
 * field that could carry a key; the only secrets are an invite link (towards the worker when it is opened, towards the
 * host's page when it is to be handed out) and the short-lived SFU token.
 */

export type RoleName = "listener" | "speaker" | "moderator" | "cohost" | "host"

/** Somebody with a seat, as this member may see them. Listeners see the stage only; the host sees every row. */
export interface Person {
  readonly serial: number
  readonly role: RoleName
  /** Sender index 0…63 on stage; undefined in the audience. */
  readonly index: number | undefined
  /** Two words from the seat key ("Quiet Heron"), the same for all; for the host the name on the card. */
  readonly name: string
  /** The host's own private label of the invite that admitted this seat (host's page only). */
  readonly label: string | undefined
  readonly isMe: boolean
  /** What this member may do to them right now: the buttons to show. */
  readonly may: readonly PersonAct[]
}

/** Somebody who knocks: the words are the ones they see. */
export interface Knock {
  /** Id of the request. */
  readonly request: string
  readonly words: readonly string[]
  /** The host's own private label of the invite (host's page only). */
  readonly label: string | undefined
  /** The answer is on its way to whoever leads. */
  readonly answered: boolean
}

/** One sentence on the screen each; `about`: the name of somebody on stage, if it is about somebody. */
export interface AlarmEntry {
  readonly kind:
    | "fork"
    | "strange-head"
    | "host-key-twice"
    | "admitted-without-invite"
    | "wrong-secret"
    | "led-too-soon"
    | "withheld"
  readonly about: string | undefined
}

/** What can be shown to others of an alarm of this kind: a file that holds public objects only. */
export interface ProofFile {
  readonly kind: "fork" | "host-key-twice"
  readonly name: string
  readonly text: string
}

/** What an invite lets its holder be. */
export type InviteRole = Exclude<RoleName, "host">

/** An invite as its host sees it. */
export interface InviteEntry {
  readonly id: string
  /** The host's private label; never leaves this device. */
  readonly label: string
  readonly role: InviteRole
  /** true: for one person (a new device replaces the older one); false: for a group. */
  readonly personal: boolean
  /** Seats ever admitted, and at most (0 = unlimited). */
  readonly used: number
  readonly uses: number
  readonly live: number
  readonly notAfter: number
  readonly state: "open" | "knock" | "burnt" | "revoked" | "expired" | "used-up"
}

/** Why there is no room on the screen, or why one cannot speak: each has one sentence and one button in i18n. */
export type Problem =
  | "bad-link" // the link is damaged (wrong shape)
  | "wrong-or-ended" // no such space, or it ended: strangers cannot tell which
  | "invite-expired"
  | "invite-not-yet"
  | "invite-used-up"
  | "invite-revoked"
  | "invite-burnt" // its holder was removed: ask the host for a new link
  | "space-full"
  | "not-let-in" // knocked, and nobody said yes
  | "removed" // the host removed this seat
  | "ended" // the host ended the space while we were in it
  | "left" // we left
  | "moved" // this seat is connected from another tab or device
  | "lost" // no Head for 100 s: connection lost
  | "refused" // the key service or the leader said something that does not verify
  | "browser-too-old"
  | "internal"

export type Phase =
  | "opening" // vault, connection
  | "card" // the link opened its card; nothing joined yet
  | "waiting-for-host" // wants in, nobody who may admit is there
  | "joining" // request with the leader
  | "seated" // in the room
  | "elsewhere" // another tab of this browser holds the space; "move-here" takes it
  | "gone" // terminal: see problem

/** Everything the room page shows. Sent whole after each change. */
export interface RoomView extends ConversationView {
  readonly phase: Phase
  readonly problem: Problem | undefined
  readonly space: string
  readonly card: { readonly title: string; readonly hostName: string; readonly language: string } | undefined
  /** What the link in hand lets its holder be. */
  readonly inviteRole: RoleName | undefined
  readonly me: Person | undefined
  /** The stage in order of sender index. */
  readonly stage: readonly Person[]
  /** Seats, as counted in the newest signed Head or Step. */
  readonly count: number
  /** Whether somebody who may let people in is there: the leader, the host or a deputy. */
  readonly hostOnline: boolean
  readonly kind: "open" | "invited" | "sealed" | undefined
  /** Whoever leads just now: signer of the newest Head. */
  readonly leader: Person | undefined
  /** Whether I lead, and whether I am a host who does not and could at once. */
  readonly leads: boolean
  readonly mayRetake: boolean
  /** Who would lead on if I left; undefined if nobody could. */
  readonly heir: Person | undefined
  /** The four words of my own knock, while a human is being asked to let me in. */
  readonly knocking: readonly string[] | undefined
  /** People who wait for a yes that I may give, in the order they came. */
  readonly knocks: readonly Knock[]
  /** What an honest service, media server and leader never do. */
  readonly alarms: readonly AlarmEntry[]
  readonly proofs: readonly ProofFile[]
  /** Whether the socket to the key service is up. */
  readonly online: boolean
  /** What this member's cells carry. `silence`: sealed silence, and why. */
  readonly sending:
    | { readonly kind: "not-on-stage" }
    | { readonly kind: "live" }
    | { readonly kind: "silence"; readonly reason: "no-key" | "stale-head" | "no-wrap" | "counter-limit" | "withheld" }
  readonly safetyCode: { readonly digits: readonly string[]; readonly words: readonly string[] } | undefined
  readonly epoch: number
  readonly seq: number
  /** Host's page only; empty elsewhere. */
  readonly invites: readonly InviteEntry[]
  readonly audience: readonly Person[]
}

/** A request of the page; each is answered by exactly one `reply` with its id. */
export type Command =
  | {
      readonly kind: "create"
      readonly title: string
      readonly hostName: string
      readonly language: string
      readonly space: "open" | "invited" | "sealed"
    }
  /** `link` only when the page was opened with a fragment; else the vault is asked. */
  | { readonly kind: "open"; readonly space: string; readonly link: string | undefined }
  | { readonly kind: "join" }
  | { readonly kind: "move-here" }
  | {
      readonly kind: "invite"
      readonly label: string
      readonly role: InviteRole
      readonly personal: boolean
      readonly uses: number
      readonly lifetimeMs: number
    }
  | { readonly kind: "invite-link"; readonly invite: string }
  | { readonly kind: "revoke"; readonly invite: string }
  /** At once by whoever leads; from a moderator an order to whoever does. Answered when it is out, shown by a Head. */
  | { readonly kind: "promote"; readonly serial: number }
  | { readonly kind: "demote"; readonly serial: number }
  | { readonly kind: "remove"; readonly serial: number }
  | { readonly kind: "admit" | "refuse"; readonly request: string }
  | { readonly kind: "retake" }
  /** Their device mutes itself and says who asked. */
  | { readonly kind: "mic-off"; readonly serial: number }
  | { readonly kind: "say"; readonly say: Say }
  | { readonly kind: "leave" }
  | { readonly kind: "end" }
  /** A fresh token for one join at the SFU. */
  | { readonly kind: "sfu-token" }

export type ReplyValue =
  | { readonly kind: "done" }
  | { readonly kind: "created"; readonly space: string }
  | { readonly kind: "link"; readonly link: string; readonly invite: string }
  | { readonly kind: "sfu"; readonly url: string; readonly token: string; readonly identity: string }
  | {
      readonly kind: "failed"
      readonly problem:
        | Problem
        | "sfu-unreachable"
        | "offline"
        | "not-allowed"
        | "stage-full"
        | "no-such-seat"
        | "no-such-request"
        | "too-many-deputies"
        | "rate-limited"
        | "malformed"
    }

export type PageToKeys =
  | { readonly kind: "start"; readonly origin: string; readonly mediaPort: MessagePort }
  | { readonly kind: "command"; readonly id: number; readonly command: Command }
  /** The media server carried what may be a signed Head or policy. */
  | { readonly kind: "notice"; readonly bytes: Uint8Array<ArrayBuffer> }

export type KeysToPage =
  | { readonly kind: "view"; readonly view: RoomView }
  | { readonly kind: "reply"; readonly id: number; readonly value: ReplyValue }
  /** A signed Head or policy, for everybody whom the media server reaches. */
  | { readonly kind: "notice"; readonly bytes: Uint8Array<ArrayBuffer> }
