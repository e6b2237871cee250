/** Something the reader can mend; its message is one sentence that says how. Shown without a stack. */
export class Trouble extends Error {}

/** Progress goes to stderr: stdout belongs to the command's result. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Runs a command's main function; a Trouble becomes its sentence and exit status 1. */
export async function command(main) {
  try {
    await main()
  } catch (error) {
    say(error instanceof Trouble ? error.message : String(error?.stack ?? error))
    process.exitCode = 1
  }
}
