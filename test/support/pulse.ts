import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { promisify } from "node:util"
import { findExecutable } from "./executables.ts"

const run = promisify(execFile)

/** A sound server of the test's own: what is played into its microphone is what a browser records. */
export interface SoundServer {
  /** For the browser that is to use it. */
  readonly environment: Readonly<Record<string, string>>
  /** Plays a WAV into the microphone, from its beginning; `stop` ends it, `ended` resolves with its end. */
  say(wav: string): { readonly ended: Promise<void>; stop(): void }
  stop(): Promise<void>
}

/** Starts PulseAudio in a folder of its own: nothing of the user's sound is touched. */
export async function startSoundServer(): Promise<SoundServer> {
  const folder = await mkdtemp(join(tmpdir(), "sottovoce-sound-"))
  const environment = {
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    XDG_CONFIG_HOME: folder,
    PULSE_RUNTIME_PATH: folder,
    PULSE_SERVER: `unix:${join(folder, "native")}`,
  }
  const env = { ...process.env, ...environment }
  const modules = [
    `module-native-protocol-unix auth-anonymous=1 socket=${join(folder, "native")}`,
    "module-null-sink sink_name=ears rate=48000",
    "module-null-sink sink_name=mouth rate=48000 channels=1",
    // browsers do not offer the monitor of a sink as a microphone
    "module-remap-source source_name=microphone master=mouth.monitor channels=1",
  ]
  const server = spawn(
    findExecutable(["pulseaudio"], "PulseAudio"),
    [
      "-n",
      "--daemonize=no",
      "--exit-idle-time=-1",
      "--use-pid-file=no",
      "--log-target=stderr",
      ...modules.flatMap((module) => ["-L", module]),
    ],
    { env, stdio: "ignore" },
  )
  const ended = once(server, "exit")
  const control = (...words: string[]): Promise<unknown> => run("pactl", words, { env })
  await ready(() => control("info"))
  await control("set-default-sink", "ears")
  await control("set-default-source", "microphone")

  return {
    // HOME would give the browser another profile folder
    environment: { PULSE_SERVER: environment.PULSE_SERVER },
    say(wav) {
      const player = spawn("paplay", ["--device=mouth", wav], { env, stdio: "ignore" })
      return {
        ended: once(player, "exit").then(() => undefined),
        stop: () => {
          player.kill()
        },
      }
    },
    async stop() {
      server.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ready(ask: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + 10_000
  for (;;) {
    try {
      await ask()
      return
    } catch (error) {
      if (Date.now() > until) throw error
      await wait(50)
    }
  }
}
