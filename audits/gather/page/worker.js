// Put in front of every script of the audited page; acts only inside a worker. It reports, on a channel of its own,
// the frames that a transform is given, the epoch secrets that arrive over message ports, and what sockets send.
if (typeof window === "undefined" && typeof self !== "undefined" && self.auditor === undefined) {
  const channel = new BroadcastChannel("auditor")
  const report = (entry) => channel.postMessage({ ...entry, at: performance.timeOrigin + performance.now() })
  Object.defineProperty(self, "auditor", { value: channel })

  const isBytes = (value, length) => value instanceof Uint8Array && value.length === length
  const inspect = (event) => {
    const message = event.data
    if (typeof message === "object" && message !== null && isBytes(message.secret, 32) && isBytes(message.view, 32)) {
      report({
        kind: "secret",
        epoch: message.epoch,
        step: message.step,
        view: message.view.slice(),
        secret: message.secret.slice(),
      })
    }
    for (const port of event.ports) port.addEventListener("message", inspect)
  }
  self.addEventListener("message", inspect)

  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) {
    report({
      kind: "socket",
      url: this.url,
      data: typeof data === "string" ? data : new Uint8Array(data.buffer ?? data),
    })
    return send.call(this, data)
  }

  if (typeof RTCRtpScriptTransformer !== "undefined") {
    const { get } = Object.getOwnPropertyDescriptor(RTCRtpScriptTransformer.prototype, "readable")
    const tapped = new WeakMap()
    Object.defineProperty(RTCRtpScriptTransformer.prototype, "readable", {
      get() {
        const known = tapped.get(this)
        if (known !== undefined) return known
        const copying = new TransformStream({
          transform(frame, out) {
            report({ kind: "frame", data: new Uint8Array(frame.data).slice() })
            out.enqueue(frame)
          },
        })
        const readable = get.call(this).pipeThrough(copying)
        tapped.set(this, readable)
        return readable
      },
    })
  }
}
