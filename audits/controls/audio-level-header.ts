import { sample, type Control } from "./control.ts"

export const audioLevelHeader: Control = {
  id: "audio-level-header",
  defect: "the browser's header extensions stay negotiated",
  rekeys: true,
  streams: 4,
  timeline: { ...sample, speakMs: 1500 },
}
