/**
 * What the product must never be: connections whose senders and receivers have no transform, and no flag that would
 * make Chromium hold packets back. The tests' counters must go red on it.
 */
export function installLeakyConnection(native: typeof RTCPeerConnection): void {
  const withoutFlag = (configuration: RTCConfiguration | undefined): RTCConfiguration => {
    const { encodedInsertableStreams: _, ...rest } = (configuration ?? {}) as Record<string, unknown>
    return rest
  }
  globalThis.RTCPeerConnection = class extends native {
    constructor(configuration?: RTCConfiguration) {
      super(withoutFlag(configuration))
    }
    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration(withoutFlag(configuration))
    }
  }
}
