import { concat, equal, type Bytes } from "#crypto/base/bytes"
import { acceptInvite } from "#crypto/link/invite"
import { acceptPolicy, noObject } from "#crypto/link/policy"
import { acceptCert, signCert } from "#crypto/message/seat-cert"
import { acceptHead } from "#crypto/room/head"
import { acceptSeatRequest } from "#crypto/seat/seat-request"
import { acceptStep } from "#crypto/seat/step"
import { createCodec, serviceCodec } from "#crypto/wire/wire"
import { History } from "../../../test/support/history.ts"
import { kitTime } from "../../../test/support/room-kit.ts"
import { acceptCreate } from "../../../server/space/space.rules.ts"
import type { Decoder } from "../decoder.ts"
import type { Fixture } from "./samples.ts"

/** A signature check or the check of a key takes about as long as decoding a hundred objects. */
const cost = 40

/**
 * The functions that decode and then check from the host key down. Nothing but what was signed may come through: every
 * accepted input must be the sample itself.
 */
export async function acceptingDecoders({ p, bytes, other: kit }: Fixture): Promise<readonly Decoder[]> {
  const { space, hostPub } = kit
  const policy = await kit.policy()
  const history = await History.open(kit, policy)
  const invite = await kit.invite()
  const person = await kit.person(invite)
  const cert = await signCert(p, history.host.seatSeed, space, kit.row(person, 2))
  const request = await kit.request(person, history.chain.head?.id ?? noObject)
  const before = history.chain
  const { head, policy: shown, roster, invites } = await history.next({ newEpoch: true, whole: true })
  const optional = (part: Bytes | undefined) => (part === undefined ? [] : [part])
  const data = { head, policy: optional(shown), roster: optional(roster), invites }
  const bundle = serviceCodec.encode({ TAG: "head", data })
  const chain = history.chain
  const step = await history.nextStep()
  const create = createCodec.encode({
    ...{ hostPub, policy: policy.bytes, card: bytes("card", "sealed"), invites: [invite.signed.bytes] },
  })
  const only = (drives: string, sample: Bytes, accept: (input: Bytes) => Promise<unknown>): Decoder => ({
    ...{ name: drives.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), cost, limitMs: 25 },
    ...{ drives: [drives], samples: [sample] },
    read: (input) => accept(input).then((accepted) => (accepted === undefined ? undefined : sample)),
  })

  return [
    only("acceptInvite", invite.signed.bytes, (input) => acceptInvite(p, input, space, hostPub)),
    only("acceptPolicy", policy.bytes, (input) => acceptPolicy(p, input, space, hostPub, undefined)),
    only("acceptSeatRequest", request.signed.bytes, (input) =>
      acceptSeatRequest(p, input, { space, hostPub, invite: invite.signed }),
    ),
    only("acceptCert", cert.bytes, (input) => acceptCert(p, chain, input, cert.fields.serial)),
    only("acceptStep", step, (input) => acceptStep(p, chain, input)),
    {
      ...{ name: "accept-head", drives: ["acceptHead", "acceptRoster"], cost, limitMs: 25, samples: [bundle] },
      async read(input) {
        const message = serviceCodec.decode(input)
        if (message.TAG !== "head") return undefined
        const [first] = message.data.policy
        await acceptHead(p, before, { ...message.data, policy: first, roster: message.data.roster[0] })
        // what has not changed may be left out, and more invites than needed may come along: the Head is what counts
        return concat(bundle.subarray(0, 3), head, input.subarray(3 + head.length))
      },
    },
    {
      // its message is not signed as a whole: policy and invites are, the card is for whoever can open it; checking two
      // keys and two signatures takes three milliseconds
      ...{ name: "accept-create", drives: ["acceptCreate"], cost, limitMs: 25, samples: [create] },
      async read(input) {
        const made = await acceptCreate(p, input, kitTime)
        const genuine = made.invites.every(({ bytes: accepted }) => equal(accepted, invite.signed.bytes))
        if (!genuine || !equal(made.policy.bytes, policy.bytes)) throw new Error("It took what the host did not sign.")
        const { card, hostPub: host } = made
        return createCodec.encode({
          ...{ hostPub: host, policy: made.policy.bytes, card, invites: made.invites.map((one) => one.bytes) },
        })
      },
    },
  ]
}
