import type { Bytes } from "#crypto/base/bytes"

/** What happens on one connection. After `close` nothing follows. */
export interface LineEvents {
  open(): void
  message(bytes: Bytes): void
  /** It ended, or never came to be. */
  close(): void
}

/** One connection to the room socket, binary messages only. */
export interface Line {
  send(bytes: Bytes): void
  close(): void
}

/** Begins a connection; never calls back before it returns. */
export type Dial = (url: string, events: LineEvents) => Line

/** The room socket of an origin: its address has no query, so there is nothing in it to log. */
export function roomUrl(origin: string): string {
  return `${origin.replace(/^http/, "ws")}/api/room`
}

/** Dials with the platform's WebSocket. */
export const dialWebSocket: Dial = (url, events) => {
  const socket = new WebSocket(url)
  socket.binaryType = "arraybuffer"
  socket.addEventListener("open", () => events.open())
  socket.addEventListener("close", () => events.close())
  socket.addEventListener("message", ({ data }: { readonly data: unknown }) => {
    // The protocol has no text: empty bytes are what no message decodes from.
    events.message(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0))
  })
  return {
    send: (bytes) => socket.send(bytes),
    close: () => socket.close(),
  }
}
