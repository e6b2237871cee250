import { expect, it } from "vitest"
import { runInOrder } from "../../web/media/pipeline.ts"
import type { EncodedFrame } from "../../web/media/scope.ts"

const frame = (name: number): EncodedFrame => ({ data: Uint8Array.of(name).buffer })
const nameOf = ({ data }: EncodedFrame): number => new Uint8Array(data)[0] ?? -1

/** Streams whose two ends the test holds, and works that it finishes in whatever order. */
function setUp() {
  const input = new TransformStream<EncodedFrame, EncodedFrame>(undefined, { highWaterMark: Infinity })
  const out: number[] = []
  const sink = Promise.withResolvers<undefined>()
  const works = new Map<number, PromiseWithResolvers<boolean>>()
  let broken: ((reason: unknown) => void) | undefined
  const running = runInOrder(
    {
      readable: input.readable,
      writable: new WritableStream<EncodedFrame>({
        start(controller) {
          broken = (reason) => controller.error(reason)
        },
        write(passed) {
          out.push(nameOf(passed))
        },
        close() {
          sink.resolve(undefined)
        },
      }),
    },
    (begun) => {
      const work = Promise.withResolvers<boolean>()
      works.set(nameOf(begun), work)
      return work.promise
    },
  )
  const writer = input.writable.getWriter()
  return { running, out, works, writer, closed: sink.promise, breakSink: () => broken?.(new Error("closed")) }
}

/** Lets everything that is due happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it("a frame is begun before the one ahead of it is done, and leaves behind it", async () => {
  const { running, out, works, writer } = setUp()
  for (const name of [1, 2, 3]) void writer.write(frame(name))
  await settle()
  expect([...works.keys()]).toEqual([1, 2, 3])
  works.get(3)?.resolve(true)
  works.get(2)?.resolve(true)
  await settle()
  expect(out).toEqual([])
  works.get(1)?.resolve(true)
  await settle()
  expect(out).toEqual([1, 2, 3])
  await writer.close()
  await running
})

it("a frame that may not go on ends here, the others go on", async () => {
  const { running, out, works, writer } = setUp()
  for (const name of [1, 2, 3]) void writer.write(frame(name))
  await settle()
  for (const [name, work] of works) work.resolve(name !== 2)
  void writer.close()
  await running
  expect(out).toEqual([1, 3])
})

it("the end of the stream waits for the frames in work", async () => {
  const { running, out, works, writer, closed } = setUp()
  void writer.write(frame(1))
  void writer.close()
  await settle()
  works.get(1)?.resolve(true)
  await Promise.all([running, closed])
  expect(out).toEqual([1])
})

it("at most 64 frames are in work", async () => {
  const { running, works, writer } = setUp()
  for (let name = 0; name < 100; name++) void writer.write(frame(name))
  await settle()
  expect(works.size).toBe(64)
  for (const work of works.values()) work.resolve(true)
  await settle()
  expect(works.size).toBe(100)
  for (const work of works.values()) work.resolve(true)
  void writer.close()
  await running
})

it("after work that failed nothing is passed on", async () => {
  const { running, out, works, writer } = setUp()
  for (const name of [1, 2]) void writer.write(frame(name)).catch(() => undefined)
  await settle()
  const ended = expect(running).rejects.toThrow("fault")
  works.get(1)?.reject(new Error("fault"))
  works.get(2)?.resolve(true)
  await ended
  expect(out).toEqual([])
})

it("after work that threw at once nothing is passed on, and the streams end", async () => {
  const input = new TransformStream<EncodedFrame, EncodedFrame>()
  const output = new TransformStream<EncodedFrame, EncodedFrame>()
  const running = runInOrder({ readable: input.readable, writable: output.writable }, () => {
    throw new Error("fault")
  })
  void input.writable
    .getWriter()
    .write(frame(1))
    .catch(() => undefined)
  const read = expect(output.readable.getReader().read()).rejects.toThrow("fault")
  await expect(running).rejects.toThrow("fault")
  await read
})

it("a sink that breaks ends it", async () => {
  const { running, breakSink } = setUp()
  const ended = expect(running).rejects.toThrow("closed")
  breakSink()
  await ended
})
