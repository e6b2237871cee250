import type { Person } from "./messages.ts"

/** What can be thrown in without a word; the page draws them. */
export type ReactionName = "clap" | "heart" | "laugh" | "surprise" | "yes" | "no"

/** What this member may do to somebody; each is the kind of a command with that person's serial. */
export type PersonAct = "promote" | "demote" | "remove" | "mic-off" | "stage-invite"

/** What this member may do to the room as a whole. */
export type RoomAct = "chat" | "end" | "invite"

/** What a person says without a voice: the `say` of a command. */
export type Say =
  | { readonly kind: "hand"; readonly up: boolean }
  /** 1 to 64 characters, none of them invisible; `malformed` otherwise. */
  | { readonly kind: "profile"; readonly name: string }
  /** Up to 1,100 bytes of UTF-8; line breaks are allowed. */
  | { readonly kind: "chat"; readonly text: string }
  | { readonly kind: "reaction"; readonly reaction: ReactionName }
  /** Asks somebody of the audience on stage: they get a `stageInvite`. A yes promotes them by itself. */
  | { readonly kind: "stage-invite"; readonly serial: number }
  /** Answers the `stageInvite` on the screen. */
  | { readonly kind: "stage-answer"; readonly accept: boolean }

/** A raised hand. */
export interface Hand {
  readonly person: Person
  /** When it went up, in ms since 1970: what the queue is ordered by. */
  readonly since: number
  /** Whether this member has asked them on stage and waits for the answer. */
  readonly invited: boolean
}

/** A chat line or a reaction of the newest epoch. The page keeps what it has shown: with the epoch it goes from here. */
export interface TalkLine {
  /** The same at every member, different for every line. */
  readonly id: string
  readonly serial: number
  /** The seat's two words (the host's name on the card); `names` may hold the name they gave themselves. */
  readonly name: string
  readonly isMe: boolean
  /** The sender's clock, in ms since 1970. */
  readonly at: number
  readonly said:
    { readonly kind: "chat"; readonly text: string } | { readonly kind: "reaction"; readonly reaction: ReactionName }
}

/** The part of a view that shows what people say to each other. */
export interface ConversationView {
  /** Raised hands, the longest first. */
  readonly hands: readonly Hand[]
  /** Whether this member's own hand is up. */
  readonly handUp: boolean
  /** Names people gave themselves, by serial: signed by their seats, checked by nobody else, and free to be anybody's. */
  readonly names: Readonly<Record<number, string>>
  /** The newest 200 lines, oldest first. */
  readonly talk: readonly TalkLine[]
  /** Who asks this member on stage; answered with `stage-answer`, over after two minutes. */
  readonly stageInvite: Person | undefined
  /**
   * A moderator makes this device mute: on each new `n` the page mutes the microphone and says who asked. The person
   * may unmute again.
   */
  readonly muteAsked: { readonly by: Person; readonly n: number } | undefined
  readonly may: readonly RoomAct[]
}

/** Nothing said, nothing allowed. */
export const silentRoom: ConversationView = {
  hands: [],
  handUp: false,
  names: {},
  talk: [],
  stageInvite: undefined,
  muteAsked: undefined,
  may: [],
}
