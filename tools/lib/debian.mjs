import { existsSync } from "node:fs"
import { onPath, outputOf, run } from "./processes.mjs"
import { Trouble, say } from "./trouble.mjs"

/** What the tests need from the system: the Debian package, and the sign that it (or its like) is there. */
const needs = [
  { name: "chromium", present: () => onPath("chromium") ?? onPath("chromium-browser") ?? onPath("google-chrome") },
  { name: "firefox-esr", present: () => onPath("firefox-esr") ?? onPath("firefox") },
  { name: "espeak-ng", present: () => onPath("espeak-ng") },
  { name: "sox", present: () => onPath("sox") },
  { name: "pulseaudio", present: () => onPath("pulseaudio") },
  { name: "pulseaudio-utils", present: () => onPath("pactl") },
  { name: "asterisk-core-sounds-en-wav", present: () => hasVoice("en_US_f_Allison", "en") },
  { name: "asterisk-core-sounds-it-wav", present: () => hasVoice("it_IT_m_Carlo", "it") },
]

/**
 * Installs browsers, speech and sound that the tests need: by apt-get when we may, else one sentence.
 * @throws {Trouble} when something is missing and cannot be installed.
 */
export async function ensureTestPrograms() {
  const missing = needs.filter((need) => !need.present()).map((need) => need.name)
  if (missing.length === 0) return
  const byHand = `install ${missing.join(", ")} (on Debian: sudo apt-get install ${missing.join(" ")})`
  if (process.getuid?.() !== 0 || onPath("apt-get") === undefined) {
    throw new Trouble(`The tests need programs that are missing: ${byHand}.`)
  }
  say(`Installing ${missing.join(", ")} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  await run(["apt-get", "update", "-q"], { env, quiet: true })
  const { status, output } = await run(["apt-get", "install", "-y", "-q", "--no-install-recommends", ...missing], {
    env,
    quiet: true,
  })
  if (status === 0) return
  throw new Trouble(
    `apt-get could not install the programs that the tests need: ${byHand}. It says:\n${output.slice(-1000).trim()}`,
  )
}

function hasVoice(voice, language) {
  const folder = "/usr/share/asterisk/sounds"
  return (
    existsSync(`${folder}/${voice}`) ||
    existsSync(`${folder}/${language}`) ||
    isInstalled(`asterisk-core-sounds-${language}-wav`)
  )
}

function isInstalled(name) {
  return outputOf(["dpkg-query", "-W", "-f", "${db:Status-Status}", name]) === "installed"
}
