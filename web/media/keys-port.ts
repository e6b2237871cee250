import { wipe } from "#crypto/base/bytes"
import { ProtocolError } from "#crypto/base/errors"
import type { Opener } from "#crypto/media/opener"
import type { Sealer } from "#crypto/media/sealer"
import type { KeysToMedia } from "./messages.ts"

/** Does what the keys worker says. A refused message changes nothing: the sealer has stalled then, or stays as it was. */
export function applyKeys(message: KeysToMedia, sealer: Sealer, opener: Opener): void {
  try {
    obey(message, sealer, opener)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
}

/** The same. @throws ProtocolError if the message is refused */
export function obey(message: KeysToMedia, sealer: Sealer, opener: Opener): void {
  switch (message.kind) {
    case "epoch":
      opener.install(message)
      sealer.install(message)
      // both took copies
      wipe(message.secret)
      return
    case "send":
      sealer.send(message)
      return
    case "stall":
      sealer.stall()
      return
    case "seated":
      opener.seated(message.indices)
      return
    case "retire":
      opener.retire(message.epoch)
      sealer.retire(message.epoch)
      return
    case "wipe":
      sealer.wipe()
      opener.wipe()
      return
    case "endorsed":
      // checkpoint-line hears it
      return
    default:
      message satisfies never
  }
}
