import { Trouble } from "./trouble.mjs"

const names = ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"]

/**
 * A LiveKit of one's own, if the environment names one.
 * @returns {{ url: string, apiKey: string, apiSecret: string } | undefined}
 * @throws {Trouble} when only some of the three variables are set, or the URL is none of LiveKit's.
 */
export function ownSfu(env) {
  const missing = names.filter((name) => !env[name])
  if (missing.length === names.length) return undefined
  if (missing.length > 0) {
    throw new Trouble(
      `To use a LiveKit of your own set ${names.join(", ")}: ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing (set none of them to run the embedded one).`,
    )
  }
  const url = env.LIVEKIT_URL
  if (!/^wss?:\/\/[^/?#@]+\/?$/.test(url)) {
    throw new Trouble("LIVEKIT_URL must look like wss://livekit.example.org or ws://127.0.0.1:7880.")
  }
  return { url, apiKey: env.LIVEKIT_API_KEY, apiSecret: env.LIVEKIT_API_SECRET }
}
