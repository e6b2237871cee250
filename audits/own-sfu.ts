import { sfuBinary } from "../tools/lib/sfu-build.mjs"
import { startSfu, type RunningSfu } from "../tools/lib/sfu-run.mjs"

/** A media server for the controls; SOTTOVOCE_SFU names a livekit-server to run, else the embedded one is used. */
export async function startOwnSfu(): Promise<RunningSfu> {
  return startSfu({ binary: process.env["SOTTOVOCE_SFU"] ?? (await sfuBinary()) })
}
