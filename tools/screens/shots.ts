import type { Page } from "playwright-core"
import type { StateName } from "../../test/page/preview/states.ts"

/** One picture: a state, and the taps that lead to what is to be seen in it. */
export interface Shot {
  readonly name: string
  readonly state: StateName
  /** Also on a desktop and in dark colours. */
  readonly everyLook?: boolean
  readonly language?: "it"
  readonly taps?: (page: Page) => Promise<void>
}

const tap = async (page: Page, name: string | RegExp): Promise<void> => {
  await page.getByRole("button", { name }).first().click()
}

const plain: readonly StateName[] = [
  "opening",
  "elsewhere",
  "card-speaker",
  "joining",
  "card-sealed",
  "led-by-cohost",
  "cohost-leads",
  "withheld",
  "room-promoted",
  "room-speaker-live",
  "room-speaker-muted",
  "hand-up",
  "moderator",
  "asked-to-mute",
  "room-host-alone",
  "connecting",
  "reconnecting",
  "sfu-unreachable",
  "sound-blocked",
  "key-service-away",
  "sealed-silence",
  "microphone-denied",
  "leak-suspected",
  "voice-doubtful",
  "bad-link",
  "wrong-or-ended",
  "invite-expired",
  "invite-not-yet",
  "invite-used-up",
  "invite-revoked",
  "invite-burnt",
  "space-full",
  "not-let-in",
  "left-host",
  "removed",
  "ended",
  "left",
  "moved",
  "lost",
  "refused",
  "browser-too-old",
  "internal",
]

/** Every picture of docs/screens. */
export const shots: readonly Shot[] = [
  { name: "home", state: "home", everyLook: true },
  {
    name: "opening-away",
    state: "opening-away",
    taps: (page) => page.getByText("does not answer").waitFor(),
  },
  { name: "home-it", state: "home", language: "it" },
  {
    name: "home-errors",
    state: "home",
    taps: async (page) => {
      await page.getByLabel("What is it about?").fill("Sunday reading circle")
      await tap(page, "Create space")
    },
  },
  {
    name: "home-offline",
    state: "home",
    taps: async (page) => {
      await page.getByLabel("What is it about?").fill("Sunday reading circle")
      await page.getByLabel("Your name").fill("Ana")
      await tap(page, "Create space")
      await page.getByRole("alert").scrollIntoViewIfNeeded()
    },
  },
  { name: "card-listener", state: "card-listener", everyLook: true },
  { name: "waiting-for-host", state: "waiting-for-host", everyLook: true },
  { name: "room-listener", state: "room-listener" },
  { name: "room-listener-it", state: "room-listener", language: "it" },
  { name: "room-host", state: "room-host", everyLook: true },
  { name: "voice-tampered", state: "voice-tampered", everyLook: true },
  { name: "voice-tampered-it", state: "voice-tampered", language: "it" },
  { name: "invite-form", state: "room-host", taps: (page) => tap(page, "Invite") },
  {
    name: "invite-link",
    state: "room-host",
    taps: async (page) => {
      await tap(page, "Invite")
      await page.getByLabel("Who is it for?").fill("Giulia")
      await tap(page, "Make link")
      await tap(page, "Show QR code")
    },
  },
  {
    name: "invite-list",
    state: "room-host",
    taps: async (page) => {
      await tap(page, "Invite")
      await page.getByText("Posted by mistake").scrollIntoViewIfNeeded()
    },
  },
  {
    name: "invite-revoke",
    state: "room-host",
    taps: async (page) => {
      await tap(page, "Invite")
      await tap(page, "Revoke")
    },
  },
  { name: "people", state: "room-host", taps: (page) => tap(page, "People") },
  {
    name: "people-remove",
    state: "room-host",
    taps: async (page) => {
      await tap(page, "People")
      await tap(page, "Remove")
    },
  },
  { name: "safety-code", state: "room-listener", taps: (page) => tap(page, "Safety code") },
  {
    name: "safety-explained",
    state: "room-listener",
    taps: async (page) => {
      await tap(page, "Safety code")
      await page.getByText("How the code works").click()
      await page.getByText("What it cannot show").scrollIntoViewIfNeeded()
    },
  },
  { name: "room-hands", state: "room-hands" },
  { name: "stage-invite", state: "stage-invite" },
  { name: "people-moderator", state: "moderator", taps: (page) => tap(page, "People") },
  { name: "own-name", state: "room-listener", taps: (page) => tap(page, "Change name") },
  {
    name: "room-speaker-silent",
    state: "room-speaker-live",
    taps: (page) => tap(page, "Mute"),
  },
  { name: "knocking", state: "knocking" },
  { name: "knocks", state: "knocks" },
  { name: "knocks-many", state: "knocks-many" },
  { name: "knocks-moderator", state: "knocks-moderator", everyLook: true },
  { name: "knocks-moderator-it", state: "knocks-moderator", language: "it" },
  { name: "host-back", state: "host-back" },
  { name: "alarm", state: "alarm" },
  { name: "alarms-list", state: "alarms-all", taps: (page) => tap(page, "What to do") },
  { name: "alarm-proof", state: "alarm-proof", everyLook: true, taps: (page) => tap(page, "What to do") },
  { name: "leave-or-end", state: "room-host-heir", taps: (page) => tap(page, "Leave") },
  {
    name: "invite-cohost",
    state: "room-host",
    taps: async (page) => {
      await tap(page, "Invite")
      await page.getByText("Co-host", { exact: true }).click()
    },
  },
  { name: "leave", state: "room-listener", taps: (page) => tap(page, "Leave") },
  { name: "end-space", state: "room-host", taps: (page) => tap(page, "End space") },
  ...plain.map((state) => ({ name: state, state })),
]
