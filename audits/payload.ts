import { deflateRawSync } from "node:zlib"
import type { Packet } from "./evidence.ts"

/** Bytes as a string of the same length, for searches. */
export function searchable(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
}

/**
 * The 80 bytes of clear silence that a LiveKit server sends by itself when a track closes: they come from the server,
 * not from a speaker, and a receiver has to drop them.
 */
export function isServerSilence(payload: Uint8Array): boolean {
  return payload.length === 80 && startsWithSilence(payload) && payload.subarray(3).every((byte) => byte === 0)
}

/** What the members sent: without empty packets (padding only) and without the server's own silence. */
export function memberFrames(packets: readonly Packet[]): Packet[] {
  return packets.filter(({ payload }) => payload.length > 0 && !isServerSilence(payload))
}

/** F8 FF FE: one frame of Opus silence, which some receivers take unencrypted. */
export function startsWithSilence(payload: Uint8Array): boolean {
  return payload[0] === 0xf8 && payload[1] === 0xff && payload[2] === 0xfe
}

export function isOneByteRepeated(payload: Uint8Array): boolean {
  return payload.every((byte) => byte === payload[0])
}

/** Ciphertext never gets smaller; 16 bytes or fewer say nothing. */
export function isCompressible(payload: Uint8Array): boolean {
  return payload.length > 16 && deflateRawSync(payload).length < payload.length
}
