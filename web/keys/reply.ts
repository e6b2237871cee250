import { formatLink } from "#crypto/link/link"
import type { MemberReply } from "#crypto/member/types"
import type { ReplyValue } from "./messages.ts"

type Failed = Extract<ReplyValue, { kind: "failed" }>["problem"]

const sentences: Record<Failed, true> = {
  "bad-link": true,
  "wrong-or-ended": true,
  "invite-expired": true,
  "invite-not-yet": true,
  "invite-used-up": true,
  "invite-revoked": true,
  "invite-burnt": true,
  "space-full": true,
  "not-let-in": true,
  removed: true,
  ended: true,
  left: true,
  moved: true,
  lost: true,
  refused: true,
  "browser-too-old": true,
  internal: true,
  "sfu-unreachable": true,
  offline: true,
  "not-allowed": true,
  "stage-full": true,
  "rate-limited": true,
  malformed: true,
  "no-such-seat": true,
  "no-such-request": true,
  "too-many-deputies": true,
}

/** A code as one of those the page has a sentence for; every other means that the service or the leader said no. */
export function failed(code: string): Extract<ReplyValue, { kind: "failed" }> {
  return { kind: "failed", problem: Object.hasOwn(sentences, code) ? (code as Failed) : "refused" }
}

/** The member's reply as the page gets it. */
export function replyValue(origin: string, reply: MemberReply): ReplyValue {
  switch (reply.kind) {
    case "done":
      return reply
    case "link":
      return { kind: "link", link: formatLink(origin, reply.link), invite: reply.invite }
    case "sfu":
      // No address means this site: its gate stands in front of the SFU.
      return { ...reply, url: reply.url === "" ? origin.replace(/^http/, "ws") : reply.url }
    case "failed":
      return failed(reply.code)
  }
}
