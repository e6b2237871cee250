import { byFigures, defineAudit, none, tooLittle } from "../audit.ts"
import type { Outgoing } from "../evidence.ts"
import { searchable } from "../payload.ts"
import { secretForms, unpacked } from "../secret-forms.ts"

export const secretInRequest = defineAudit({
  id: "secret-in-request",
  promise: "The secret of an invite link never leaves the browser and does not stay in its history.",
  adversary: "the key service and its operator, proxies, third parties, whoever looks at the browser later",
  vantage: "everything the browser of somebody who opens a link sends over HTTP and WebSockets",
  needs: ["joining"],
  judge: ({ joining: { seed, spelled, planted, sent, visible } }) => {
    const texts = sent.map(textsOf)
    const unseen = planted.filter((word) => !texts.some((text) => text.some((part) => part.includes(word))))
    if (planted.length === 0 || unseen.length > 0) {
      return tooLittle(
        `${unseen.length} of ${planted.length} planted words were not seen: the capture is blind.`,
        sent.length,
      )
    }
    if (visible.length === 0) return tooLittle("Address bar and history were not read.", sent.length)
    const forms = [...secretForms(seed), ...secretForms(Buffer.from(spelled))].map((form) => form.toLowerCase())
    const holds = (text: string) => forms.some((form) => text.toLowerCase().includes(form))
    const leaks = texts.filter((text) => text.some(holds))
    const sockets = sent.filter(({ kind, method }) => kind === "socket" && method === "SEND").length
    return byFigures(
      sent.length,
      [
        none("messages that hold the link's secret in some form", leaks.length, "messages"),
        none("addresses, history entries and titles that hold it", visible.filter(holds).length, "places"),
        { name: "socket messages among those examined", value: sockets, unit: "messages", goal: "reported", ok: true },
      ],
      `${sent.length} requests and socket messages (${sockets} of them on sockets), searched for ${forms.length} forms of the secret: none holds it.`,
      "The secret of the link was sent or kept.",
    )
  },
})

function textsOf({ url, headers, body }: Outgoing): string[] {
  return [url, decoded(url), headers, searchable(body), ...unpacked(body)]
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url // a stray percent sign
  }
}
