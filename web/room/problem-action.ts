import type { Problem } from "../keys/messages.ts"

export type Action = "home" | "retry" | "move-here" | "copy-link"

/** The one button under each sentence. `retry` opens the space again from the vault, `home` is for what is final. */
export const problemActions: Record<Problem, Action> = {
  "bad-link": "home",
  "wrong-or-ended": "home",
  "invite-expired": "home",
  "invite-not-yet": "retry",
  "invite-used-up": "home",
  "invite-revoked": "home",
  "invite-burnt": "home",
  "space-full": "retry",
  "not-let-in": "retry",
  removed: "home",
  ended: "home",
  left: "home",
  moved: "move-here",
  lost: "retry",
  refused: "retry",
  "browser-too-old": "copy-link",
  internal: "retry",
}
