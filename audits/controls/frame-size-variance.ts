import { whole, type Control } from "./control.ts"

export const frameSizeVariance: Control = {
  id: "frame-size-variance",
  defect: "frames are sealed without padding",
  rekeys: true,
  streams: 4,
  timeline: whole,
}
