import type { Bytes } from "#crypto/base/bytes"
import type { ClientMessage } from "#crypto/wire/wire"
import { clientCodec, serviceCodec, type ServiceMessage } from "#crypto/wire/wire"

/** A message under way. The same bytes are the same object with the same number. */
export interface Packet {
  readonly kind: "message"
  readonly id: number
  readonly bytes: Bytes
}

const packets = new Map<string, Packet>()
const sent = new WeakMap<ClientMessage, Packet>()
const decoded = new WeakMap<Packet, ServiceMessage>()

export function packetOf(bytes: Bytes): Packet {
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")
  const packet = packets.get(name) ?? { kind: "message", id: packets.size, bytes: bytes.slice() }
  packets.set(name, packet)
  return packet
}

/** What a member says, on the wire. */
export function packetFrom(message: ClientMessage): Packet {
  const packet = sent.get(message) ?? packetOf(clientCodec.encode(message))
  sent.set(message, packet)
  return packet
}

/** What the service says, read by a member. */
export function messageIn(packet: Packet): ServiceMessage {
  const message = decoded.get(packet) ?? serviceCodec.decode(packet.bytes)
  decoded.set(packet, message)
  return message
}
