import type { Bytes } from "#crypto/base/bytes"

/** How the key service took a new space. */
export type Creation = "created" | "offline" | "refused"

/** Posts a new space's public objects (protocol: Bootstrap). Never rejects. */
export async function postSpace(origin: string, body: Bytes): Promise<Creation> {
  try {
    const response = await fetch(`${origin}/api/spaces`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body,
      credentials: "omit",
      redirect: "error",
    })
    if (response.ok) return "created"
    // A proxy that finds no key service behind it says so with a 5xx: the space was not judged.
    return response.status >= 500 ? "offline" : "refused"
  } catch {
    return "offline"
  }
}
