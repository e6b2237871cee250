import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startDeployment } from "../tools/lib/deployment.mjs"
import type { Evidence } from "./evidence.ts"
import { launchBrowser } from "./gather/browser.ts"
import { gather } from "./gather/gather.ts"
import { deployedProduct } from "./gather/product.ts"
import { startOwnSfu } from "./own-sfu.ts"
import { selfTest, type SelfTest } from "./self-test.ts"
import type { Timeline } from "./subject.ts"

type Say = (line: string) => void

/** Audits the deployment at an address. */
export async function auditTarget(url: string, seconds: number, say: Say): Promise<Evidence> {
  const browser = await launchBrowser()
  try {
    const timeline: Timeline = { speakMs: seconds * 1000, muteMs: 6000, afterMs: 14_000 }
    return await gather(deployedProduct(url), browser, timeline, say)
  } finally {
    await browser.close()
  }
}

/** Starts a deployment on this machine, with a database of its own that is deleted afterwards, and audits it. */
export async function auditLocal(seconds: number, say: Say): Promise<Evidence> {
  const folder = await mkdtemp(join(tmpdir(), "audit-"))
  const deployment = await startDeployment({ database: join(folder, "audit.db"), onLine: () => undefined })
  try {
    return await auditTarget(deployment.url, seconds, say)
  } finally {
    await deployment.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The leaky and the clean subjects, over a media server started for them. */
export async function runControls(say: Say): Promise<SelfTest> {
  const sfu = await startOwnSfu()
  try {
    return await selfTest(sfu, say)
  } finally {
    await sfu.stop()
  }
}
