import type { Command } from "../keys/messages.ts"

const hourMs = 3_600_000

/** How long a link may work, in hours: the choices of the form. */
export const lifetimes = [1, 24, 24 * 7] as const

/** What the host has typed so far. Texts as typed: nothing is lost or changed before it is sent. */
export interface InviteDraft {
  readonly label: string
  readonly role: "listener" | "speaker"
  readonly whom: "person" | "group"
  readonly uses: string
  readonly lifetimeHours: number
}

export type DraftTrouble = "labelMissing" | "usesWrong"

const maxUses = 10_000

/**
 * The command that a draft stands for, or what is wrong with it. A personal link has no limit of uses: a new device
 * of the same person replaces the older one.
 */
export function readDraft(draft: InviteDraft): Extract<Command, { kind: "invite" }> | DraftTrouble {
  const label = draft.label.trim()
  if (label === "") return "labelMissing"
  const personal = draft.whom === "person"
  const uses = personal ? 0 : /^\d{1,5}$/.test(draft.uses.trim()) ? Number(draft.uses.trim()) : Number.NaN
  if (!(uses <= maxUses)) return "usesWrong"
  return { kind: "invite", label, role: draft.role, personal, uses, lifetimeMs: draft.lifetimeHours * hourMs }
}
