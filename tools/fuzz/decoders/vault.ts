import { leaderRecord, listenerRecord, makeHost } from "../../../test/support/vault-samples.ts"
import { decodeRecord, encodeRecord } from "../../../web/keys/vault-record.ts"
import type { Decoder } from "../decoder.ts"
import type { Fixture } from "./samples.ts"

/** What a browser keeps of a space. */
export async function vaultDecoders({ p }: Fixture): Promise<readonly Decoder[]> {
  const made = await makeHost(p)
  const records = [made.record, listenerRecord(p, made.record.card), leaderRecord(p, made.record)]
  return [
    {
      ...{ name: "vault-record", drives: ["decodeRecord"], cost: 1, samples: records.map(encodeRecord) },
      read(input) {
        const record = decodeRecord(p, input)
        return record && encodeRecord(record)
      },
    },
  ]
}
