import { describe, expect, it } from "vitest"

import { actions, allRoles, may, roles } from "#crypto/room/roles"

describe("what a role may do", () => {
  it("is written in one table", () => {
    const lowest = Object.fromEntries(
      actions.map((action) => [action, allRoles.find((role) => may(role, action, roles.listener))]),
    )
    expect(lowest).toEqual({
      ...{ chat: roles.listener, "stage-invite": roles.moderator, promote: roles.moderator, demote: roles.moderator },
      ...{ kick: roles.moderator, "mic-off": roles.moderator, admit: roles.moderator, refuse: roles.moderator },
      ...{ end: roles.cohost, invite: roles.host },
    })
  })

  it("is never an act against an equal or a higher role", () => {
    for (const action of ["stage-invite", "promote", "demote", "kick", "mic-off"] as const)
      for (const role of allRoles)
        for (const target of allRoles)
          expect([action, role, target, may(role, action, target)]).toEqual([
            ...[action, role, target],
            role >= roles.moderator && role > target,
          ])
  })

  it("grows with the role", () => {
    for (const action of actions)
      for (const target of allRoles)
        for (const role of allRoles.slice(1))
          if (may((role - 1) as typeof role, action, target)) expect(may(role, action, target)).toBe(true)
  })
})
