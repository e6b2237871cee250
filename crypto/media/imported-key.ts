import { wipe, type Bytes } from "../base/bytes.ts"
import { frameKey, type FrameKey } from "./aead.ts"

/** A frame key on its way into WebCrypto. Once there it is used without a wait: each costs every frame a turn. */
export interface ImportedKey {
  readonly coming: Promise<FrameKey>
  readonly ready: FrameKey | undefined
}

/**
 * Imports at once, so that the base key is wiped even if no frame follows. A failure is told by each use that awaits it.
 * @param base - base(e, r), 32 B; wiped.
 */
export function importKey(base: Bytes, kid: number): ImportedKey {
  const coming = frameKey(base, kid).finally(() => {
    wipe(base)
  })
  const key: { coming: Promise<FrameKey>; ready: FrameKey | undefined } = { coming, ready: undefined }
  coming.then(
    (ready) => {
      key.ready = ready
    },
    () => undefined,
  )
  return key
}

/** Uses a key now if it is here, else as soon as it is. Rejects, and never throws, where `use` does either. */
export function withKey<T>(key: ImportedKey, use: (ready: FrameKey) => Promise<T>): Promise<T> {
  if (key.ready === undefined) return key.coming.then(use)
  try {
    return use(key.ready)
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }
}
