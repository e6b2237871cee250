import { whole, type Control } from "./control.ts"

export const plaintextFrame: Control = {
  id: "plaintext-frame",
  defect: "frames pass the transform as they are",
  rekeys: true,
  streams: 4,
  timeline: whole,
}
