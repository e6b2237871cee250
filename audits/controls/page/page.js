// A room without any of the product's code. `leak` names what it does wrong; "none" does nothing wrong.
const leak = new URLSearchParams(location.search).get("leak")
const fragment = location.hash.slice(1)
history.replaceState(null, "", location.pathname)
void fetch(leak === "secret-in-request" ? `/hello?from=${fragment}` : "/hello")

const worker = new Worker("/worker.js")
const keys = new MessageChannel()
worker.postMessage({ kind: "start", port: keys.port1 }, [keys.port1])

if (leak !== "audio-level-header") {
  const onlyMid = (description) => ({
    type: description.type,
    sdp: description.sdp
      .split("\r\n")
      .filter((line) => !line.startsWith("a=extmap:") || line.endsWith("urn:ietf:params:rtp-hdrext:sdes:mid"))
      .filter((line) => line !== "a=extmap-allow-mixed")
      .join("\r\n"),
  })
  const prototype = RTCPeerConnection.prototype
  const { createOffer, createAnswer, setRemoteDescription } = prototype
  prototype.createOffer = async function (...args) {
    return onlyMid(await createOffer.apply(this, args))
  }
  prototype.createAnswer = async function (...args) {
    return onlyMid(await createAnswer.apply(this, args))
  }
  prototype.setRemoteDescription = function (description) {
    return setRemoteDescription.call(this, onlyMid(description))
  }
}

let index = 0
const addTransceiver = RTCPeerConnection.prototype.addTransceiver
RTCPeerConnection.prototype.addTransceiver = function (...args) {
  const transceiver = addTransceiver.apply(this, args)
  transceiver.sender.transform = new RTCRtpScriptTransform(worker, { leak, index: index++ })
  return transceiver
}

const tracks = []
globalThis.control = {
  /** Hands the worker an epoch: bytes as arrays of numbers. */
  install({ epoch, step, view, secret }) {
    const message = { kind: "epoch", epoch, step, view: new Uint8Array(view), secret: new Uint8Array(secret) }
    keys.port2.postMessage(message)
  },
  /** Several tracks at once, so that a sample is soon large enough. */
  async speak({ url, token, count }) {
    const room = new LivekitClient.Room({ singlePeerConnection: false, adaptiveStream: false, dynacast: false })
    await room.connect(url, token, { rtcConfig: { iceServers: [], encodedInsertableStreams: true } })
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, autoGainControl: false } })
    for (let i = 0; i < count; i++) {
      const track = stream.getAudioTracks()[0].clone()
      tracks.push(track)
      await room.localParticipant.publishTrack(track, {
        name: "",
        dtx: false,
        red: false,
        forceStereo: false,
        audioPreset: { maxBitrate: 24_000 },
        source: i === 0 ? LivekitClient.Track.Source.Microphone : LivekitClient.Track.Source.Unknown,
      })
    }
  },
  mute(muted) {
    for (const track of tracks) track.enabled = !muted
  },
}
