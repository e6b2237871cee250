import { z } from "zod"

const port = z.coerce.number().int().min(0).max(65_535)

const environment = z.object({
  SOTTOVOCE_PORT: port.default(8080),
  SOTTOVOCE_HOST: z.string().min(1).default("127.0.0.1"),
  SOTTOVOCE_DATABASE: z.string().min(1).default(".sottovoce/sottovoce.db"),
  SOTTOVOCE_PAGE: z.string().min(1).default("dist/web"),
  LIVEKIT_URL: z.url({ protocol: /^(wss?|https?)$/ }).default("ws://127.0.0.1:7880"),
  LIVEKIT_API_KEY: z.string().min(1),
  LIVEKIT_API_SECRET: z.string().min(32, "a secret of LiveKit has 32 characters or more"),
  SOTTOVOCE_TRUSTED_PROXY: z.string().optional(),
})

/** Everything an operator decides. */
export interface Config {
  /** TCP port; 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** Path of the SQLite file, or `:memory:`. */
  readonly database: string
  /** Folder of the built page. */
  readonly page: string
  readonly sfu: { readonly url: string; readonly apiKey: string; readonly apiSecret: string }
  /** Addresses whose X-Forwarded-For is believed; none by default. */
  readonly trustedProxies: readonly string[]
}

/**
 * Reads the configuration from the environment, the only place that does.
 * @throws Error that names each variable that is missing or wrong, without its value.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const read = environment.safeParse(env)
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`)
    throw new Error(`The environment is not complete. ${problems.join("; ")}`)
  }
  const value = read.data
  return {
    port: value.SOTTOVOCE_PORT,
    host: value.SOTTOVOCE_HOST,
    database: value.SOTTOVOCE_DATABASE,
    page: value.SOTTOVOCE_PAGE,
    sfu: { url: value.LIVEKIT_URL, apiKey: value.LIVEKIT_API_KEY, apiSecret: value.LIVEKIT_API_SECRET },
    trustedProxies: (value.SOTTOVOCE_TRUSTED_PROXY ?? "").split(",").flatMap((part) => part.trim() || []),
  }
}
