/** The roles of protocol §2, by rank: who is above may act on who is below. */
export const roles = { listener: 0, speaker: 1, moderator: 2, cohost: 3, host: 4 } as const

export type RoleName = keyof typeof roles
export type Role = (typeof roles)[RoleName]

export const allRoles: readonly Role[] = Object.values(roles)

const names = Object.keys(roles) as readonly RoleName[]

/** The name of a role number. */
export function roleName(role: Role): RoleName {
  return names[role] ?? "listener"
}

/**
 * The highest role a row may have in the roster when its invite allows `cap`: promotion to the stage is the Head's
 * signature, everything above needs the invite.
 */
export function highestOnStage(cap: Role): Role {
  return cap > roles.speaker ? cap : roles.speaker
}
