import type { MiddlewareHandler } from "hono"

/** What the page may load and do: files of this origin, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types svelte-trusted-html sottovoce-worker-url",
].join("; ")

const withheld = ["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "payment", "usb", "midi"]

/** The same headers on every answer: a worker takes its policy from its own script's, not from the page's. */
export const securityHeaders = {
  "Content-Security-Policy": contentSecurityPolicy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": ["microphone=(self)", ...withheld.map((name) => `${name}=()`)].join(", "),
  "X-Content-Type-Options": "nosniff",
} as const

export const setSecurityHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value)
}
