import { concat } from "#crypto/base/bytes"
import type { EncodedFrame, MediaScope, Transformer } from "../../../web/media/scope.ts"

// Somebody with a token and a browser, and no key: sends in turn clear Opus, the media server's silence, noise under a
// header that looks right, another speaker's sealed frames again, and nothing at all. Its page takes it for a media worker.

const scope = self as unknown as MediaScope
const sealing = new Map<string, { readonly id: string; sealed: number; readonly dropped: 0; readonly lost: 0 }>()
/** Sealed frames of others as they came. */
const recorded: Uint8Array<ArrayBuffer>[] = []
const mostRecorded = 500

const silence = new Uint8Array(80)
silence.set([0xf8, 0xff, 0xfe])
// epoch 1, index 1, step 0: the place of this attacker, so that nothing but the key is wrong
const header = Uint8Array.of(0x99, 0x20, 0x40, 0x01, 0x00)

const clearOpus = (frame: EncodedFrame): ArrayBuffer => frame.data
const attacks: readonly ((frame: EncodedFrame) => ArrayBuffer)[] = [
  clearOpus,
  () => silence.slice().buffer,
  () => concat(header, crypto.getRandomValues(new Uint8Array(136))).buffer,
  (frame) => recorded.shift()?.slice().buffer ?? frame.data,
  () => new ArrayBuffer(0),
]

scope.onmessage = ({ data }) => {
  const answers = "ask" in data ? { answers: data.ask } : {}
  scope.postMessage({ kind: "stats", ...answers, sealing: [...sealing.values()], opening: [] })
}

scope.onrtctransform = ({ transformer }) => {
  scope.postMessage({ kind: "attached", id: transformer.options.id })
  void run(transformer)
}

async function run({ options, readable, writable }: Transformer): Promise<void> {
  const count = { id: options.id, sealed: 0, dropped: 0, lost: 0 } as const
  const tally = { ...count, sealed: 0 }
  if (options.direction === "seal") sealing.set(options.id, tally)
  await readable
    .pipeThrough(
      new TransformStream<EncodedFrame, EncodedFrame>({
        transform(frame, controller) {
          if (options.direction === "open") {
            if (recorded.length < mostRecorded) recorded.push(new Uint8Array(frame.data.slice(0)))
            return
          }
          const attack = attacks[tally.sealed % attacks.length]
          tally.sealed++
          frame.data = attack?.(frame) ?? frame.data
          controller.enqueue(frame)
        },
      }),
    )
    .pipeTo(writable)
}
