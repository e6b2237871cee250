import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, readdir, rename, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

export interface Speech {
  readonly name: "human-en" | "human-it" | "synthetic-en" | "synthetic-it"
  /** 48 kHz, mono, 16 bits, 30 s or more. */
  readonly wav: string
}

const folder = join(tmpdir(), "sottovoce-speech-1")
const sounds = "/usr/share/asterisk/sounds"
const seconds = 40

const sentences = {
  en: [
    "The harbour was quiet when the first boats came in, and nobody spoke above a whisper.",
    "Seven keys hang on the wall, but only one of them still opens the old door.",
    "Please read the numbers back to me slowly: three, nine, four, one, eight.",
    "A listener who leaves the room hears nothing of what is said afterwards.",
    "We meet again on Thursday, after the rain, under the bridge by the mill.",
    "Somebody had moved the ladder, so the lamp stayed dark for the whole evening.",
  ],
  it: [
    "Il porto era silenzioso quando arrivarono le prime barche, e tutti parlavano sottovoce.",
    "Sette chiavi sono appese al muro, ma una sola apre ancora la vecchia porta.",
    "Per favore rileggimi i numeri lentamente: tre, nove, quattro, uno, otto.",
    "Chi lascia la stanza non sente nulla di ciò che viene detto dopo.",
    "Ci rivediamo giovedì, dopo la pioggia, sotto il ponte vicino al mulino.",
    "Qualcuno aveva spostato la scala, e la lampada rimase spenta per tutta la sera.",
  ],
}

/** The same words each time: recorded people (Debian's asterisk-core-sounds) and espeak-ng, in English and Italian. */
export async function speeches(): Promise<Speech[]> {
  await mkdir(folder, { recursive: true })
  return [
    { name: "human-en", wav: await once("human-en", (to) => human("en_US_f_Allison", to)) },
    { name: "human-it", wav: await once("human-it", (to) => human("it_IT_m_Carlo", to)) },
    { name: "synthetic-en", wav: await once("synthetic-en", (to) => synthetic("en-gb", sentences.en, to)) },
    { name: "synthetic-it", wav: await once("synthetic-it", (to) => synthetic("it", sentences.it, to)) },
  ]
}

const shape = ["-r", "48000", "-c", "1", "-b", "16"]

async function once(name: string, make: (to: string) => Promise<void>): Promise<string> {
  const wav = join(folder, `${name}.wav`)
  if (existsSync(wav)) return wav
  // a private name first: several test files may want it at the same time
  const unfinished = join(folder, `${name}.${process.pid.toString()}.wav`)
  await make(unfinished)
  await rename(unfinished, wav)
  return wav
}

async function human(voice: string, to: string): Promise<void> {
  const names = (await readdir(join(sounds, voice))).filter((name) => name.endsWith(".wav")).sort()
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(sounds, voice, name))).size))
  // sentences, not single words: 8 kHz, 16 bits
  const long = names.filter((_, place) => (sizes[place] ?? 0) > 1.5 * 16_000)
  await join48(
    shuffled(long, 7).map((name) => join(sounds, voice, name)),
    to,
  )
}

async function synthetic(voice: string, texts: readonly string[], to: string): Promise<void> {
  const parts: string[] = []
  for (const [place, text] of texts.entries()) {
    const file = `${to}.${place.toString()}.wav`
    const words = `${to}.${place.toString()}.txt`
    await writeFile(words, text)
    await run("espeak-ng", ["-v", voice, "-s", "150", "-p", (35 + 8 * place).toString(), "-f", words, "-w", file])
    parts.push(file)
  }
  await join48([...parts, ...parts], to)
}

async function join48(parts: readonly string[], to: string): Promise<void> {
  const { stdout } = await run("soxi", ["-D", ...parts])
  const lengths = stdout.trim().split("\n").map(Number)
  let total = 0
  const enough = parts.filter((_, place) => {
    const wanted = total < seconds
    total += lengths[place] ?? 0
    return wanted
  })
  await run("sox", [...enough, ...shape, to, "trim", "0", seconds.toString(), "norm", "-3"])
}

/** Numerical Recipes' generator: the order is part of the corpus. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed
  const keyed = items.map((item) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return { item, key: state }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}
