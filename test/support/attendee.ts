import type { Page, Visitor } from "./browsers.ts"

/** What a member's media worker has counted by a moment. */
export interface Report {
  /** Milliseconds of the page's monotonic clock. */
  readonly at: number
  /** Frames opened, of all senders. */
  readonly opened: number
  /** Frames that opened and were dropped, because no checkpoint vouches for them. */
  readonly unvouched: number
}

/** What a member's media worker found out about one sender, in milliseconds of the page's monotonic clock. */
export interface Found {
  readonly index: number
  /** When the first sound of it was let through. */
  readonly heardAt: number
  /** Every change of its standing since the page was watched. */
  readonly trust: readonly { readonly at: number; readonly trust: string }[]
}

const patienceMs = 40_000

/** Somebody at a page of the product, in English, who finds buttons and fields by what is written on them. */
export class Attendee {
  readonly page: Page
  readonly #visitor: Visitor
  #marks = 0

  private constructor(visitor: Visitor, page: Page) {
    this.#visitor = visitor
    this.page = page
  }

  static async arrive(visitor: Visitor, url: string): Promise<Attendee> {
    const attendee = new Attendee(visitor, await visitor.page(url))
    await attendee.#until(`document.querySelector("#app button") !== null`, patienceMs)
    return attendee
  }

  /** Creates a space; resolves once its room is open. */
  static async host(visitor: Visitor, url: string, title: string): Promise<Attendee> {
    const host = await Attendee.arrive(visitor, url)
    await host.#watchMediaWorker()
    await host.fill("What is it about?", title)
    await host.fill("Your name", "Ada")
    await host.tap("Create space")
    await host.reads("Only this 1 seat can hear")
    return host
  }

  /** Opens a link and takes the seat; resolves once seated. */
  static async join(visitor: Visitor, link: string): Promise<Attendee> {
    const guest = await Attendee.arrive(visitor, link)
    await guest.#watchMediaWorker()
    await guest.tap("Listen", "Join the stage")
    await guest.reads("You appear as")
    return guest
  }

  /** The host's way to a new link. */
  async invite(
    label: string,
    role: "Listener" | "Speaker" | "Moderator" | "Co-host" = "Listener",
    whom = "One person",
  ): Promise<string> {
    await this.tap("Invite")
    await this.#mark("label", [role])
    // whoever may stand in for the host is always one person
    if (role !== "Co-host") await this.#mark("label", [whom])
    await this.fill("Who is it for?", label)
    await this.tap("Make link")
    await this.#until(linkField, patienceMs)
    const link = await this.page.evaluate<string>(linkField)
    await this.tap("Close")
    return link
  }

  /** The host's way to be rid of somebody, by the label of their invite. */
  async remove(label: string): Promise<void> {
    await this.tap("People")
    await this.#mark("button", ["Remove"], label)
    await this.reads("They stop hearing at once")
    await this.tap("Remove")
    // the question goes away by itself, and takes a "Close" of its own along
    await this.#until(`document.querySelectorAll("dialog[open]").length === 1`, patienceMs)
    await this.tap("Close")
  }

  async turnOnMicrophone(): Promise<void> {
    await this.tap("Turn on microphone")
    await this.reads("You can be heard")
  }

  /** Taps the first button, of the topmost dialog if there is one, that carries one of these names and may be tapped. */
  tap(...names: readonly string[]): Promise<void> {
    return this.#mark("button", names)
  }

  async fill(label: string, text: string): Promise<void> {
    const field = `[data-field="${(++this.#marks).toString()}"]`
    await this.#until(
      `(() => {
        const label = [...document.querySelectorAll("label")].find((label) => label.textContent.trim() === ${JSON.stringify(label)})
        label?.control?.setAttribute("data-field", "${this.#marks.toString()}")
        return label?.control != null
      })()`,
      patienceMs,
    )
    await this.page.fill(field, text)
  }

  /** Resolves once this can be read on the page. @throws Error with what is read instead */
  async reads(text: string, withinMs = patienceMs): Promise<void> {
    try {
      await this.#until(`document.body.innerText.includes(${JSON.stringify(text)})`, withinMs)
    } catch {
      throw new Error(`"${text}" never came. The page says: ${await this.text()}`)
    }
  }

  async text(): Promise<string> {
    return (await this.page.evaluate<string>("document.body.innerText")).replaceAll(/\s*\n\s*/g, " / ")
  }

  /** The name the others see: the same seat, the same name. */
  async name(): Promise<string> {
    await this.reads("You appear as")
    const found = /You appear as ([^/]+)/.exec(await this.text())
    return found?.[1]?.trim() ?? ""
  }

  /** Reloads; resolves once the seat is taken again. After a reload a browser may want a tap before it plays. */
  async reload(): Promise<void> {
    await this.page.reload()
    await this.reads("You appear as")
    await this.#until(
      `/Hearing|Nobody else is speaking|holds the sound back/.test(document.body.innerText)`,
      patienceMs,
    )
    if ((await this.text()).includes("holds the sound back")) await this.tap("Play")
  }

  /** What the media worker counted since the page was joined, about one report a second. */
  reports(): Promise<Report[]> {
    return this.page.evaluate("globalThis.mediaReports")
  }

  /** Resolves once the voice at an index has a standing; gives all it had until then. */
  async finds(index: number, trust: string, withinMs = patienceMs): Promise<Found> {
    const found = `globalThis.mediaVoices.get(${index.toString()})`
    await this.#until(`${found}?.trust.at(-1)?.trust === ${JSON.stringify(trust)}`, withinMs)
    return this.page.evaluate<Found>(found)
  }

  close(): Promise<void> {
    return this.#visitor.close()
  }

  // The page keeps its workers to itself; the media worker is known by the first message it is sent.
  async #watchMediaWorker(): Promise<void> {
    await this.page.evaluate(`{
      globalThis.mediaReports = []
      globalThis.mediaVoices = new Map()
      const voice = (index) => {
        if (!globalThis.mediaVoices.has(index)) globalThis.mediaVoices.set(index, { index, heardAt: 0, trust: [] })
        return globalThis.mediaVoices.get(index)
      }
      const watched = new WeakSet()
      const post = Worker.prototype.postMessage
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message?.kind === "muted" && !watched.has(this)) {
          watched.add(this)
          this.addEventListener("message", ({ data }) => {
            const at = performance.now()
            if (data.kind === "authentic" && voice(data.index).heardAt === 0) voice(data.index).heardAt = at
            if (data.kind === "trust")
              for (const [index, trust] of data.senders)
                if (voice(index).trust.at(-1)?.trust !== trust) voice(index).trust.push({ at, trust })
            if (data.kind !== "stats") return
            const opened = data.opening.reduce((sum, track) => sum + track.opened, 0)
            const unvouched = data.opening.reduce((sum, track) => sum + track.drops.unvouched, 0)
            globalThis.mediaReports.push({ at: performance.now(), opened, unvouched })
          })
        }
        return post.call(this, message, ...rest)
      }
    }`)
  }

  /**
   * Looks twenty times a second, inside the page. Not by the driver's own way of waiting, which the product's content
   * security policy forbids.
   */
  async #until(expression: string, withinMs: number): Promise<void> {
    const holds = await this.page.evaluate<boolean>(`new Promise((resolve) => {
      const end = performance.now() + ${withinMs.toString()}
      const look = () => {
        if (${expression}) resolve(true)
        else if (performance.now() > end) resolve(false)
        else setTimeout(look, 50)
      }
      look()
    })`)
    if (!holds) throw new Error(`In vain: ${expression}`)
  }

  /** Waits for an element, gives it a mark that both browsers' drivers find, and clicks it. */
  async #mark(tag: "button" | "label", names: readonly string[], row = ""): Promise<void> {
    const mark = (++this.#marks).toString()
    const found = `(() => {
      const names = ${JSON.stringify(names)}
      const place = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document
      const element = [...place.querySelectorAll("${tag}")].find((element) => {
        const name = element.getAttribute("aria-label") ?? element.textContent
        const row = element.closest("li")?.textContent ?? ""
        return names.includes(name.trim()) && row.includes(${JSON.stringify(row)}) && !element.disabled
      })
      element?.setAttribute("data-tap", "${mark}")
      return element !== undefined
    })()`
    try {
      await this.#until(found, patienceMs)
    } catch {
      throw new Error(`There is no ${tag} "${names.join('", "')}". The page says: ${await this.text()}`)
    }
    await this.page.click(`[data-tap="${mark}"]`)
  }
}

const linkField = `document.querySelector('input[aria-label="Invitation link"]')?.value`
