export interface SfuKey {
  readonly apiKey: string
  /** At least 32 characters. */
  readonly apiSecret: string
}

export interface SfuOptions extends Partial<SfuKey> {
  /** Path of the livekit-server to run, see `sfuBinary` in sfu-build. */
  readonly binary: string
  /** TCP port on 127.0.0.1 for signalling and the API; a free one when absent. */
  readonly port?: number
  /** UDP port on 127.0.0.1 that all media shares; a free one when absent. */
  readonly udpPort?: number
  /** Each line the SFU writes (its log level is error). */
  readonly onLine?: (line: string) => void
}

export interface RunningSfu extends SfuKey {
  /** ws://127.0.0.1:PORT, the value of LIVEKIT_URL. */
  readonly url: string
  readonly port: number
  readonly udpPort: number
  /** Its exit status, once it ended. */
  readonly exited: Promise<number>
  /** SIGTERM, again after 2 s (with participants LiveKit waits for ever), SIGKILL after 4 s; resolves when it ended. */
  readonly stop: () => Promise<void>
}

export function freshSfuKey(): SfuKey
export function sfuConfig(options: SfuKey & { readonly port: number; readonly udpPort: number }): object
export function startSfu(options: SfuOptions): Promise<RunningSfu>
