import { startDeployment } from "./lib/deployment.mjs"
import { onPinnedNode } from "./lib/pinned-node.mjs"
import { isFree } from "./lib/ports.mjs"
import { ownSfu } from "./lib/sfu-own.mjs"
import { command, Trouble, say } from "./lib/trouble.mjs"

const usage = `npm start: installs and builds what is missing, starts everything, prints the address. Ctrl-C ends it.
  SOTTOVOCE_PORT       port of the page, 8080 by default
  SOTTOVOCE_DATABASE   SQLite file, .sottovoce/sottovoce.db by default
  LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET   a LiveKit of your own instead of the embedded one`

if (process.argv.includes("--help")) say(usage)
else {
  await command(async () => {
    // Before minutes of installing and building: what the reader has to mend comes first.
    const port = await chosenPort(process.env.SOTTOVOCE_PORT ?? "8080")
    ownSfu(process.env)
    await onPinnedNode(() => serve(port))
  })
}

async function serve(port) {
  const deployment = await startDeployment({ port, database: process.env.SOTTOVOCE_DATABASE, onLine: say })
  process.stdout.write(`Sottovoce is ready: ${deployment.url}\n`)
  const signal = new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => resolve("signal"))
  })
  const parts = [
    ["The key service", deployment.service.exited],
    ["The media server", deployment.sfu.exited],
  ]
  const ends = parts.filter(([, exited]) => exited !== undefined).map(([name, exited]) => exited.then(() => name))
  const first = await Promise.race([signal, ...ends])
  if (first === "signal") say("Stopping ...")
  await deployment.stop()
  if (first !== "signal")
    throw new Trouble(`${first} ended by itself; the lines above say why. Start again with npm start.`)
}

async function chosenPort(text) {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new Trouble(`SOTTOVOCE_PORT must be a port between 1 and 65535, such as 8080.`)
  }
  if (!(await isFree(port))) {
    throw new Trouble(
      `Port ${port} is taken or not allowed: choose another, e.g. SOTTOVOCE_PORT=${port + 1} npm start.`,
    )
  }
  return port
}
