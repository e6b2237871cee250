// The media worker behind a door that opens late. With `answers` it speaks to the page meanwhile, so that the page makes
// its connections and only the transforms are late.
const scope = self as unknown as {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(message: unknown): void
}
const { searchParams } = new URL(location.href)
const before: MessageEvent[] = []
scope.onmessage = (event) => {
  before.push(event)
  if (searchParams.has("answers"))
    scope.postMessage({ kind: "stats", answers: (event.data as { ask?: number }).ask, sealing: [], opening: [] })
}
setTimeout(
  () => {
    void import("../../../web/media/media.worker.ts").then(() => {
      for (const event of before) scope.onmessage?.(event)
    })
  },
  Number(searchParams.get("ms")),
)
