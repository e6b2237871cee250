import type { EncodedFrame, Transformer } from "./scope.ts"

/** Frames of one transform in work at a time: enough to keep WebCrypto's threads busy, few enough to bound a flood. */
const atOnce = 64

/**
 * Starts `work` on each frame as it comes and passes on, in their order, those it says yes to. To begin a frame only
 * when the one before is done would cost each of them two changes of thread, and let one frame that waits for its
 * epoch hold up all behind it. Resolves when the stream has ended.
 * @param work - Changes the frame's data and says whether it goes on. If it rejects or throws, nothing more is passed on.
 * @throws whatever ended the streams or the work before their time
 */
export async function runInOrder(
  { readable, writable }: Pick<Transformer, "readable" | "writable">,
  work: (frame: EncodedFrame) => Promise<boolean>,
): Promise<void> {
  const reader = readable.getReader()
  const writer = writable.getWriter()
  const begun: Begun[] = []
  const faults: unknown[] = []
  let passed: (() => void) | undefined

  const stop = (fault: unknown): void => {
    faults.push(fault)
    reader.cancel(fault).catch(ignore)
    passed?.()
  }
  const passOn = (): void => {
    for (let next = begun[0]; next?.goesOn !== undefined && faults.length === 0; next = begun[0]) {
      // no waiting: a sink takes packets as they come, and rejects `closed` once it takes no more
      if (next.goesOn) writer.write(next.frame).catch(ignore)
      begun.shift()
    }
    if (begun.length === 0) passed?.()
  }
  // a callback, not an await: a promise less for each frame
  const begin = (frame: EncodedFrame): void => {
    const next: Begun = { frame, goesOn: undefined }
    begun.push(next)
    try {
      work(frame).then((goesOn) => {
        next.goesOn = goesOn
        passOn()
      }, stop)
    } catch (fault) {
      stop(fault)
    }
  }
  const allPassed = async (): Promise<void> => {
    if (begun.length > 0 && faults.length === 0)
      await new Promise<void>((resolve) => {
        passed = resolve
      })
  }
  writer.closed.catch(stop)

  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    begin(read.value)
    // all of them, not one: threads that are woken for each frame take twice as long
    if (begun.length >= atOnce) await allPassed()
  }
  await allPassed()
  if (faults.length > 0) {
    await writer.abort(faults[0]).catch(ignore)
    throw faults[0]
  }
  await writer.close()
}

interface Begun {
  readonly frame: EncodedFrame
  goesOn: boolean | undefined
}

const ignore = (): void => undefined
