import type { Mutant } from "./mutant.ts"

const vouching = "test/crypto/vouching.test.ts"
const orders = "test/scenario/orders.test.ts"
const messages = "test/server/messages.test.ts"

/** Bugs in who says what: checkpoints, app messages, orders. */
export const voiceMutants: readonly Mutant[] = [
  {
    name: "the signature of a checkpoint is not checked",
    file: "crypto/media/checkpoint-receiver.ts",
    find: `if (!(await p.verify(seatPub, message, opened.signature))) return undefined`,
    replace: ``,
    test: vouching,
    title: "is nothing when its signature is for another space",
  },
  {
    name: "a checkpoint counts as often as it comes",
    file: "crypto/media/checkpoint-receiver.ts",
    find: `opener.epochOf(kid)?.epoch === epoch.epoch && seq > vouching.seq(epoch.epoch, kid.index)`,
    replace: `opener.epochOf(kid)?.epoch === epoch.epoch && seq >= 0`,
    test: vouching,
    title: "counts once, and none before it afterwards",
  },
  {
    name: "a place keeps its standing when somebody else takes it",
    file: "crypto/media/vouching.ts",
    find: `        if (holders.get(index) !== holder) standings.delete(index)`,
    replace: ``,
    test: vouching,
    title: "of a place goes with its holder",
  },
  {
    name: "the seat key signs for any place the media worker names",
    file: "web/keys/endorser.ts",
    find: `if (!equal(request.space, space) || request.index !== place.index || now > place.until) return undefined`,
    replace: `if (now > place.until) return undefined`,
    test: "test/web/endorser.test.ts",
    title: "signs for no other space, epoch or index",
  },
  {
    name: "a message is heard as often as it is shown",
    file: "crypto/member/hearing.ts",
    find: `  if (n <= (floors.get(serial)?.n ?? 0)) return`,
    replace: `  if (n < 0) return`,
    test: "test/scenario/conversation.test.ts",
    title: "counts once, however often the service shows it",
  },
  {
    name: "anybody's order is carried out",
    file: "crypto/member/hearing.ts",
    find: `  if (!may(role, act, targetRole)) throw`,
    replace: `  if (role < 0) throw`,
    test: orders,
    title: "of a speaker or a listener is refused",
  },
  {
    name: "whoever says yes comes on stage, asked or not",
    file: "crypto/member/hearing.ts",
    find: `  if (!invited.delete(from)) return`,
    replace: `  invited.delete(from)`,
    test: "test/scenario/conversation.test.ts",
    title: "promotes nobody who was not asked",
  },
  {
    name: "the service takes a message for another's serial",
    file: "server/message/message.rules.ts",
    find: `const row = rows.find((own) => own.serial === fields.serial)`,
    replace: `const row = rows[0]`,
    test: messages,
    title: "of a serial whose key the socket has not shown",
  },
  {
    name: "the service takes a message twice",
    file: "server/message/message.rules.ts",
    find: `  if (fields.n <= (said.get(row.serial) ?? 0)) throw new Refusal("replayed")`,
    replace: ``,
    test: messages,
    title: "said before, or older than the last",
  },
]
