import { whole, type Control } from "./control.ts"

export const removedMemberDecrypts: Control = {
  id: "removed-member-decrypts",
  defect: "the room keeps its key when somebody is removed",
  rekeys: false,
  streams: 4,
  timeline: { ...whole, muteMs: 0 },
}
