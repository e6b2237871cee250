import { sample, type Control } from "./control.ts"

export const repeatedNonce: Control = {
  id: "repeated-nonce",
  defect: "the counter starts again every hundred frames",
  rekeys: true,
  streams: 4,
  timeline: sample,
}
