import { setTimeout as wait } from "node:timers/promises"

/**
 * Asks a page until it says true. The browsers' own drivers differ here: one takes any promise for true.
 * @throws Error after `withinMs`, with what the page said last
 */
export async function untilTrue(
  ask: (expression: string) => Promise<unknown>,
  expression: string,
  withinMs = 30_000,
): Promise<void> {
  const end = performance.now() + withinMs
  let said: unknown
  for (;;) {
    try {
      said = await ask(`(async () => !!(await (${expression})))()`)
      if (said === true) return
    } catch (error) {
      // a page on its way to another address answers nothing
      said = error
    }
    if (performance.now() > end) throw new Error(`Not within ${withinMs.toString()} ms: ${expression}`, { cause: said })
    await wait(50)
  }
}
