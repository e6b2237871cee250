import type { Command, InviteEntry } from "../keys/messages.ts"

const hourMs = 3_600_000

/** How long a link may work, in hours: the choices of the form. */
export const lifetimes = [1, 24, 24 * 7] as const

/** What somebody may come in as, in the order of the form. */
export const inviteRoles = ["listener", "speaker", "moderator", "cohost"] as const satisfies readonly Role[]

type Role = InviteEntry["role"]

/** What the host has typed so far. Texts as typed: nothing is lost or changed before it is sent. */
export interface InviteDraft {
  readonly label: string
  readonly role: Role
  readonly whom: "person" | "group"
  readonly uses: string
  readonly lifetimeHours: number
}

export type DraftTrouble = "labelMissing" | "usesWrong" | "cohostsFull"

const maxUses = 10_000
const maxCohosts = 3

/**
 * The command that a draft stands for, or what is wrong with it. A personal link has no limit of uses: a new device
 * of the same person replaces the older one. Whoever may stand in for the host is always one person.
 * @param invites - the host's invites so far.
 */
export function readDraft(
  draft: InviteDraft,
  invites: readonly Pick<InviteEntry, "role" | "state">[],
): Extract<Command, { kind: "invite" }> | DraftTrouble {
  const label = draft.label.trim()
  const { role } = draft
  if (label === "") return "labelMissing"
  if (role === "cohost" && invites.filter((invite) => isCohost(invite)).length >= maxCohosts) return "cohostsFull"
  const personal = role === "cohost" || draft.whom === "person"
  const uses = personal ? 0 : /^\d{1,5}$/.test(draft.uses.trim()) ? Number(draft.uses.trim()) : Number.NaN
  if (!(uses <= maxUses)) return "usesWrong"
  return { kind: "invite", label, role, personal, uses, lifetimeMs: draft.lifetimeHours * hourMs }
}

/** Whether an invite takes one of the three places: until it is revoked, whatever became of it. */
function isCohost({ role, state }: Pick<InviteEntry, "role" | "state">): boolean {
  return role === "cohost" && state !== "revoked"
}

/** What can be done about an invite: show its link, take it back, make another one like it. */
export type InviteAct = "open" | "revoke" | "renew"

/** The buttons of an invite in the list. */
export function inviteActs(invite: Pick<InviteEntry, "role" | "state">): readonly InviteAct[] {
  switch (invite.state) {
    case "open":
      return ["open", "revoke"]
    case "knock":
      return ["renew", "open", "revoke"]
    case "revoked":
      return []
    case "burnt":
    case "expired":
    case "used-up":
      return isCohost(invite) ? ["revoke"] : ["renew"]
  }
}
