import { webPrimitives } from "#crypto/base/web-primitives"
import { createOpener } from "#crypto/media/opener"
import { createSealer } from "#crypto/media/sealer"
import { createVouching } from "#crypto/media/vouching"
import { checkpointMs, createCheckpointLine, trustMs } from "./checkpoint-line.ts"
import { applyKeys } from "./keys-port.ts"
import type { KeysToMedia, MediaToKeys } from "./messages.ts"
import { runOpening } from "./opening.ts"
import { runSealing } from "./sealing.ts"
import type { MediaScope, Transformer } from "./scope.ts"
import { createTally } from "./tally.ts"

// Seals what leaves and opens what comes. Frames only: a rotation in the keys worker never stalls audio.

const scope = self as unknown as MediaScope
const tally = createTally()
let keysPort: MessagePort | undefined

const sealer = createSealer(webPrimitives, {
  onCounterLimit(epoch) {
    toKeys({ kind: "counter-limit", epoch })
  },
  onSealed(place, counter, frame) {
    checkpoints.sealed(place, counter, frame)
  },
})
const vouching = createVouching()
const opener = createOpener(webPrimitives, (ms, run) => setTimeout(run, ms), vouching)
const checkpoints = createCheckpointLine(webPrimitives, opener, vouching, {
  toKeys,
  toPage: (message) => scope.postMessage(message),
  after: (ms, run) => setTimeout(run, ms),
  now: () => performance.now(),
})

function toKeys(message: MediaToKeys): void {
  keysPort?.postMessage(message)
}

function start(port: MessagePort): void {
  keysPort = port
  port.onmessage = (event: MessageEvent<KeysToMedia>) => {
    applyKeys(event.data, sealer, opener)
    checkpoints.hear(event.data)
  }
}

function run(transformer: Transformer): Promise<void> {
  const options = transformer.options
  switch (options.direction) {
    case "seal":
      return runSealing(transformer, sealer, tally.sealing(options.id))
    case "open":
      return runOpening(transformer, options, opener, tally.opening(options.id), () => performance.now(), {
        authentic(index) {
          scope.postMessage({ kind: "authentic", id: options.id, index })
        },
      })
  }
}

scope.onrtctransform = ({ transformer }) => {
  const { id } = transformer.options
  run(transformer)
    // a stream ends with an error when its connection closes
    .catch(() => undefined)
    .finally(() => {
      tally.forget(id)
      opener.forgetTrack(id)
    })
  scope.postMessage({ kind: "attached", id })
}

scope.onmessage = (event) => {
  const message = event.data
  if (message.kind === "checkpoint") {
    void checkpoints.take(message.source, message.bytes)
    return
  }
  if (message.kind === "start") start(message.keysPort)
  else {
    sealer.setMuted(message.muted)
    if (message.ask !== undefined) {
      scope.postMessage({ ...tally.report(), answers: message.ask })
      return
    }
  }
  scope.postMessage(tally.report())
}

setInterval(() => {
  scope.postMessage(tally.report())
}, 1000)
setInterval(() => {
  void checkpoints.send()
}, checkpointMs)
setInterval(() => {
  checkpoints.tellTrust()
}, trustMs)
