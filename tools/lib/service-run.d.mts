import type { SfuKey } from "./sfu-run.mjs"

export interface ServiceOptions {
  /** TCP port of page and key service; a free one when absent. */
  readonly port?: number
  /** Path of the SQLite file; its folder is made. */
  readonly database: string
  /** Folder of the built page, see `pageFolder` in page-build. */
  readonly page: string
  readonly sfu: SfuKey & { readonly url: string }
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Each line of its log. */
  readonly onLine?: (line: string) => void
}

export interface RunningService {
  /** http://localhost:PORT */
  readonly url: string
  readonly port: number
  /** Its exit status, once it ended. */
  readonly exited: Promise<number>
  /** SIGTERM, again after 2 s, SIGKILL after 4 s; resolves when it ended. */
  readonly stop: () => Promise<void>
}

export function startService(options: ServiceOptions): Promise<RunningService>
