// Seals frames as SFrame (RFC 9605, suite 4) with the key schedule of the protocol, or leaves undone what `leak` names.
const cellBytes = 120
const text = new TextEncoder()
const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]))
let newest

self.onmessage = ({ data }) => {
  data.port.onmessage = (event) => {
    newest = { ...event.data, senders: new Map() }
  }
}

self.onrtctransform = ({ transformer }) => {
  const { leak, index } = transformer.options
  const seal = async (frame, out) => {
    if (newest === undefined) return
    if (leak !== "plaintext-frame") frame.data = (await sealed(new Uint8Array(frame.data), index, leak)).buffer
    out.enqueue(frame)
  }
  void transformer.readable.pipeThrough(new TransformStream({ transform: seal })).pipeTo(transformer.writable)
}

async function sealed(packet, index, leak) {
  const sender = await senderOf(newest, index)
  const counter = sender.counter++
  if (leak === "repeated-nonce" && sender.counter === 356) sender.counter = 256
  const header = Uint8Array.of(0x99, sender.kid >> 8, sender.kid & 255, counter >> 8, counter & 255)
  const iv = sender.salt.slice()
  new DataView(iv.buffer).setUint32(8, new DataView(iv.buffer).getUint32(8) ^ counter)
  const clear = leak === "exposed-toc" ? packet.slice(0, 1) : new Uint8Array(0)
  const length = Math.min(packet.length, cellBytes)
  const padding = leak === "frame-size-variance" ? 0 : cellBytes - length
  const cell = join([length >> 8, length & 255], packet.slice(0, length), new Uint8Array(padding))
  const additionalData = join(header, clear)
  const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, sender.key, cell)
  return join(header, clear, new Uint8Array(ciphertext))
}

function senderOf({ epoch, step, view, secret, senders }, index) {
  if (!senders.has(index)) senders.set(index, derive({ epoch, step, view, secret }, index))
  return senders.get(index)
}

async function derive({ epoch, step, view, secret }, index) {
  const kid = ((1 + (epoch % 15)) << 12) | (index << 6) | step
  const base = await expand(secret, join(text.encode("sottovoce v1 sframe\0"), view))
  const sframe = await hmac(new Uint8Array(32), base)
  const context = Uint8Array.of(0, 0, 0, 0, 0, 0, kid >> 8, kid & 255, 0, 4)
  const key = (await expand(sframe, join(text.encode("SFrame 1.0 Secret key "), context))).slice(0, 16)
  const salt = (await expand(sframe, join(text.encode("SFrame 1.0 Secret salt "), context))).slice(0, 12)
  return { kid, counter: 256, salt, key: await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]) }
}

function expand(secret, info) {
  return hmac(secret, join(info, [1]))
}

async function hmac(key, data) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data))
}
