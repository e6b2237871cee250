import type { EncodedFrame, Transformer } from "./scope.ts"

/** Frames of one transform in work at a time: enough to keep WebCrypto's threads busy, few enough to bound a flood. */
const atOnce = 64

/**
 * Starts `work` on each frame as it comes and passes on, in their order, those it says yes to. To begin a frame only
 * when the one before is done would cost each of them two changes of thread, and let one frame that waits for its
 * epoch hold up all behind it. Resolves when the stream has ended.
 * @param work - Changes the frame's data and says whether it goes on. If it rejects, nothing more is passed on.
 * @throws whatever ended the streams or the work before their time
 */
export async function runInOrder(
  { readable, writable }: Pick<Transformer, "readable" | "writable">,
  work: (frame: EncodedFrame) => Promise<boolean>,
): Promise<void> {
  const reader = readable.getReader()
  const writer = writable.getWriter()
  const begun: { readonly frame: EncodedFrame; readonly goesOn: Promise<boolean> }[] = []
  const faults: unknown[] = []
  let passing: Promise<void> | undefined

  const stop = (fault: unknown): void => {
    faults.push(fault)
    reader.cancel(fault).catch(() => undefined)
  }
  const passOn = async (): Promise<void> => {
    for (let next = begun[0]; next !== undefined && faults.length === 0; next = begun[0]) {
      // no waiting: a sink takes packets as they come, and rejects `closed` once it takes no more
      if (await next.goesOn) writer.write(next.frame).catch(() => undefined)
      begun.shift()
    }
    passing = undefined
  }
  writer.closed.catch(stop)

  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const goesOn = work(read.value)
    // told by whoever passes it on; this one may be behind another that fails
    goesOn.catch(() => undefined)
    begun.push({ frame: read.value, goesOn })
    passing ??= passOn().catch(stop)
    // all of them, not one: threads that are woken for each frame take twice as long
    if (begun.length >= atOnce) await passing
  }
  await passing
  if (faults.length > 0) {
    await writer.abort(faults[0]).catch(() => undefined)
    throw faults[0]
  }
  await writer.close()
}
