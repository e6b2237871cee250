import { sample, type Control } from "./control.ts"

export const secretInRequest: Control = {
  id: "secret-in-request",
  defect: "the page asks its server with the link's fragment",
  rekeys: true,
  streams: 0,
  timeline: { ...sample, speakMs: 0 },
}
