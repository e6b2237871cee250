import type { EncodedFrame, Transformer } from "../../../web/media/scope.ts"

/** Frames of one transform in work at a time: enough to keep WebCrypto's threads busy, few enough to bound a flood. */
const atOnce = 64

/**
 * Starts `work` on each frame as it comes and passes on, in their order, those it says yes to; waiting for one frame
 * before the next is begun would cost each of them two changes of thread. Resolves when the stream has ended.
 * @param work - Changes the frame's data and says whether it goes on. If it rejects, the transform ends.
 */
export async function runInOrder(
  { readable, writable }: Pick<Transformer, "readable" | "writable">,
  work: (frame: EncodedFrame) => Promise<boolean>,
): Promise<void> {
  const reader = readable.getReader()
  const writer = writable.getWriter()
  const begun: { readonly frame: EncodedFrame; readonly goesOn: Promise<boolean> }[] = []
  let passing: Promise<void> | undefined
  let fault: unknown

  const stop = (error: unknown): void => {
    fault ??= error
    reader.cancel(error).catch(() => undefined)
  }
  const passOn = async (): Promise<void> => {
    for (let next = begun[0]; next !== undefined; next = begun[0]) {
      // the sink takes frames at once, and says through `closed` if it takes no more
      if (await next.goesOn) writer.write(next.frame).catch(() => undefined)
      begun.shift()
    }
    passing = undefined
  }
  writer.closed.catch(stop)

  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const goesOn = work(read.value)
    begun.push({ frame: read.value, goesOn })
    passing ??= passOn().catch(stop)
    while (begun.length >= atOnce && fault === undefined) await begun[0]?.goesOn.catch(() => undefined)
  }
  await passing
  if (fault !== undefined) throw fault
  await writer.close()
}
