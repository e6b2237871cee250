import type { RunningService } from "./service-run.mjs"
import type { SfuKey } from "./sfu-run.mjs"

export interface DeploymentOptions {
  /** TCP port of page and key service; a free one when absent. */
  readonly port?: number
  /** Path of the SQLite file; .sottovoce/sottovoce.db when absent. */
  readonly database?: string
  /** Further environment variables of the key service. */
  readonly env?: Readonly<Record<string, string>>
  /** Each line that a part logs. */
  readonly onLine?: (line: string) => void
}

export interface Deployment {
  /** Where the page is: http://localhost:PORT */
  readonly url: string
  /** `exited` and `stop` only when the SFU was started here. */
  readonly sfu: SfuKey & {
    readonly url: string
    readonly exited?: Promise<number>
    readonly stop?: () => Promise<void>
  }
  readonly service: RunningService
  /** Ends the key service, then the SFU. */
  readonly stop: () => Promise<void>
}

export function startDeployment(options?: DeploymentOptions): Promise<Deployment>
