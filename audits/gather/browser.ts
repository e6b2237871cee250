import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { chromium, type Browser } from "playwright-core"
import type { Packet } from "../evidence.ts"
import { readDump } from "./rtp-dump.ts"
import { speechLikeWav } from "./sound.ts"

const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
const soundSeconds = 30
const soundSeed = 20_260_801

export interface AuditBrowser {
  readonly browser: Browser
  readonly version: string
  /** Packets that the browser handed to SRTP since `from`, read from its own log; empty where it writes none. */
  readonly wire: (from: number) => Promise<Packet[]>
  readonly close: () => Promise<void>
}

/**
 * Starts a headless Chromium whose microphone is a file of speech-like sound, and which logs each RTP packet after
 * encryption of the frame and before SRTP.
 */
export async function launchBrowser(): Promise<AuditBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "audit-"))
  const sound = join(folder, "speech.wav")
  const log = join(folder, "chromium.log")
  const program = join(folder, "chromium.sh")
  await writeFile(sound, speechLikeWav(soundSeconds, soundSeed))
  // The browser's other processes log to the standard error output only, which the driver does not hand out.
  await writeFile(program, `#!/bin/sh\nexec "$CHROMIUM" "$@" 2>"$CHROMIUM_LOG"\n`, { mode: 0o700 })
  const browser = await chromium.launch({
    executablePath: program,
    env: { ...process.env, CHROMIUM: await findChromium(), CHROMIUM_LOG: log },
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A page whose scripts the auditor has changed counts as one from elsewhere, and would be kept from loopback.
      "--disable-features=LocalNetworkAccessChecks",
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${sound}`,
      "--force-fieldtrials=WebRTC-Debugging-RtpDump/Enabled/",
      "--enable-logging=stderr",
      "--vmodule=srtp_session=1",
    ],
  })
  return {
    browser,
    version: browser.version(),
    wire: async (from) => {
      const packets = readDump(await readFile(log, "latin1").catch(() => ""), new Date().getFullYear())
      return packets.filter(({ at }) => at >= from)
    },
    close: async () => {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** CHROMIUM names the program where it is not on the PATH. */
async function findChromium(): Promise<string> {
  const named = process.env["CHROMIUM"]
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  const places = programs.flatMap((program) => folders.map((folder) => join(folder, program)))
  for (const place of named === undefined ? places : [named]) {
    if (
      await access(place).then(
        () => true,
        () => false,
      )
    )
      return place
  }
  throw new Error("No Chromium found: install it, or set CHROMIUM to its path.")
}
