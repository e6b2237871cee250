import type { Figure, Verdict } from "./audit.ts"
import { controlRoom } from "./controls/control-room.ts"
import type { Control } from "./controls/control.ts"
import { clean, controls } from "./controls/controls.ts"
import type { OwnSfu } from "./controls/room-token.ts"
import { serveControls } from "./controls/server.ts"
import type { Evidence } from "./evidence.ts"
import { launchBrowser } from "./gather/browser.ts"
import { gather } from "./gather/gather.ts"
import { audits } from "./registry.ts"

export interface SelfTest {
  /** By audit id: what the audit said of the subject that has its defect, and of the clean one. */
  readonly arms: ReadonlyMap<string, { readonly leaky: Verdict; readonly clean: Verdict }>
  /** One each: is it red on its control, green on the clean subject? */
  readonly figures: readonly Figure[]
}

/**
 * Shows every audit a subject with its defect, which it must call a leak, and a clean one, which it must pass: both
 * are real pages in a real browser over a real media server. Only then does its verdict on anything else count.
 */
export async function selfTest(sfu: OwnSfu, say: (line: string) => void): Promise<SelfTest> {
  const server = await serveControls()
  const browser = await launchBrowser()
  const run = (control: Control): Promise<Evidence> => {
    const subject = controlRoom(server.url, sfu, { ...control, leak: control.id })
    return gather(subject, browser, control.timeline, say)
  }
  try {
    const cleanEvidence = await run(clean)
    const arms = new Map<string, { leaky: Verdict; clean: Verdict }>()
    const figures: Figure[] = []
    for (const audit of audits) {
      const control = controls.find(({ id }) => id === audit.id)
      const red = control === undefined ? undefined : audit.judge(await run(control))
      const green = audit.judge(cleanEvidence)
      arms.set(audit.id, { leaky: red?.verdict ?? "error", clean: green.verdict })
      say(
        `${audit.id}: on its control "${red?.verdict ?? "none"}" (${red?.summary ?? ""}), on the clean subject "${green.verdict}" (${green.summary})`,
      )
      figures.push(must(`${audit.id} is red on its control`, red?.verdict === "leak"))
      figures.push(must(`${audit.id} is green on the clean subject`, green.verdict === "pass"))
    }
    return { arms, figures }
  } finally {
    await browser.close()
    await server.close()
  }
}

function must(name: string, ok: boolean): Figure {
  return { name, value: ok ? 1 : 0, unit: "", goal: "1", ok }
}
