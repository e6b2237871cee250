import { sample, type Control } from "./control.ts"

export const exposedToc: Control = {
  id: "exposed-toc",
  defect: "the codec's first byte stays in the clear",
  rekeys: true,
  streams: 4,
  timeline: sample,
}
