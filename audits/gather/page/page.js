// Runs in the audited page before its own scripts: passes on what the workers report and which session descriptions
// are in effect. `auditorReport` is a function of the auditor's process.
{
  const encode = (bytes) => btoa(String.fromCharCode(...bytes))
  let waiting = []
  const flush = () => {
    const entries = waiting
    waiting = []
    void globalThis.auditorReport(entries)
  }
  const report = (entry) => {
    if (waiting.length === 0) setTimeout(flush, 100)
    const plain = Object.entries(entry).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? { base64: encode(value) } : value,
    ])
    waiting.push(Object.fromEntries(plain))
  }
  new BroadcastChannel("auditor").onmessage = ({ data }) => report(data)

  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) {
    report({
      kind: "socket",
      url: this.url,
      data: typeof data === "string" ? data : new Uint8Array(data.buffer ?? data),
    })
    return send.call(this, data)
  }

  for (const [method, side] of [
    ["setLocalDescription", "local"],
    ["setRemoteDescription", "remote"],
  ]) {
    const original = RTCPeerConnection.prototype[method]
    RTCPeerConnection.prototype[method] = async function (...args) {
      const result = await original.apply(this, args)
      const { sdp } = this[`${side}Description`] ?? {}
      if (sdp !== undefined) report({ kind: "description", side, sdp })
      return result
    }
  }
}
