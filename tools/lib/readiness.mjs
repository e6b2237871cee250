import { Trouble } from "./trouble.mjs"

/**
 * Waits until a started program answers 200 at a URL.
 * @param {{ name: string, url: string, withinMs: number, program: { exited: Promise<number>, lastLines: () => string } }} what
 * @throws {Trouble} when the program ends first or stays silent, with the end of what it wrote.
 */
export async function untilReady({ name, url, withinMs, program }) {
  const deadline = Date.now() + withinMs
  let ended = false
  const exited = program.exited.then(() => (ended = true))
  while (!ended && Date.now() < deadline) {
    if (await answers(url)) return
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 50))])
  }
  const how = ended ? "ended at once" : `did not answer within ${withinMs / 1000} s`
  throw new Trouble(`${name} ${how}; its last words: ${program.lastLines() || "(none)"}`)
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}
