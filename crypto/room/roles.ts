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

/** What each act needs: the lowest role that may, and whether it must stand above whom it is done to. */
const acts = {
  chat: { from: roles.listener, outranks: false },
  "stage-invite": { from: roles.moderator, outranks: true },
  promote: { from: roles.moderator, outranks: true },
  demote: { from: roles.moderator, outranks: true },
  kick: { from: roles.moderator, outranks: true },
  "mic-off": { from: roles.moderator, outranks: true },
  admit: { from: roles.moderator, outranks: false },
  refuse: { from: roles.moderator, outranks: false },
  end: { from: roles.cohost, outranks: false },
  invite: { from: roles.host, outranks: false },
} as const satisfies Record<string, { readonly from: Role; readonly outranks: boolean }>

/** Something that not everybody may do. */
export type Action = keyof typeof acts

/** Every {@link Action}. */
export const actions = Object.keys(acts) as readonly Action[]

/**
 * Whether a role may do something, to somebody of the role `target` where it is done to somebody. The one table that
 * machine, service and page go by.
 */
export function may(role: Role, action: Action, target: Role = roles.listener): boolean {
  const { from, outranks } = acts[action]
  return role >= from && (!outranks || role > target)
}
