import type { Messages } from "../i18n/en.ts"
import type { RoomView } from "../keys/messages.ts"
import { problemActions, type Action } from "./problem-action.ts"

/** Why there is no room on the screen: one sentence and one button. */
export interface Gone {
  readonly text: string
  readonly button: string
  readonly action: Action
}

/** Hosts who left can come back: their keys stay on the device, and others lead on meanwhile. */
export function goneFrom(view: RoomView, t: Messages): Gone {
  const problem = view.problem ?? "internal"
  if (problem === "left" && view.inviteRole === "host")
    return { text: t.leading.left, button: t.leading.comeBack, action: "retry" }
  const action = problemActions[problem]
  return { text: t.problems[problem], button: t.actions[action], action }
}
