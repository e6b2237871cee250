import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { openPreviewSite } from "../../tools/screens/preview-site.ts"
import { states, type StateName } from "../page/preview/states.ts"
import { browsers, type Browser, type Page, type Visitor } from "../support/browsers.ts"

let site: Awaited<ReturnType<typeof openPreviewSite>>
let chromium: Browser
let visitor: Visitor
let page: Page

beforeAll(async () => {
  site = await openPreviewSite(fileURLToPath(new URL("../../", import.meta.url)))
  chromium = await browsers.chromium({ screen: "phone" })
  visitor = await chromium.visitor()
  page = await visitor.page(`${site.origin}/?state=home`)
}, 60_000)

afterAll(async () => {
  await visitor.close()
  await chromium.close()
  await site.close()
})

const show = async (state: StateName): Promise<void> => {
  await page.open(`${site.origin}/?state=${state}`)
  await page.until(`document.documentElement.dataset.shown === "${state}"`)
}

/** Clicks the button with this text, of the topmost dialog if there is one; resolves when the page has answered. */
const tap = (name: string): Promise<void> =>
  page.evaluate(`(async () => {
    const place = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document
    const button = [...place.querySelectorAll("button")].find((one) => one.textContent.trim() === ${JSON.stringify(name)})
    if (button === undefined) throw new Error("There is no such button: " + place.textContent)
    button.click()
    await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve)))
  })()`)

const texts = (selector: string): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent.trim())`)

/** What somebody without eyes, or with a trembling finger, would stumble over. */
const stumblingBlocks = `(() => {
  const found = []
  const name = (one) =>
    one.getAttribute("aria-label") ??
    (one.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("") +
      [...(one.labels ?? [])].map((label) => label.textContent).join("") +
      (one.tagName === "BUTTON" || one.tagName === "A" || one.tagName === "SUMMARY" ? one.textContent : "")
  for (const one of document.querySelectorAll("button, a, input, select, summary")) {
    if (name(one).trim() === "") found.push("nameless: " + one.outerHTML)
    if (one.closest("[aria-hidden=true]") !== null) found.push("hidden: " + one.outerHTML)
    if (one.tabIndex > 0) found.push("out of order: " + one.outerHTML)
    const box = (one.type === "radio" ? one.closest("label") : one).getBoundingClientRect()
    if (box.width > 0 && (box.width < 24 || box.height < 24)) found.push("too small: " + one.outerHTML)
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id)
  for (const id of ids) if (ids.filter((other) => other === id).length > 1) found.push("twice: " + id)
  for (const attribute of ["aria-labelledby", "aria-describedby", "for"])
    for (const one of document.querySelectorAll("[" + attribute + "]"))
      for (const id of one.getAttribute(attribute).split(" ")) if (!ids.includes(id)) found.push("points nowhere: " + one.outerHTML)
  if (document.querySelectorAll("h1").length !== 1) found.push("headings of the page: " + document.querySelectorAll("h1").length)
  if (document.querySelectorAll("main").length !== 1) found.push("main parts: " + document.querySelectorAll("main").length)
  return found
})()`

test("on every screen each control has a name, a place in the order and room for a finger", async () => {
  const found = new Map<string, string[]>()
  for (const state of Object.keys(states) as StateName[]) {
    await show(state)
    const here = await page.evaluate<string[]>(stumblingBlocks)
    if (here.length > 0) found.set(state, here)
  }
  expect(Object.fromEntries(found)).toEqual({})
}, 60_000)

describe("an alarm", () => {
  beforeEach(() => show("alarm"))

  test("is read aloud in full, and names whom it is about", async () => {
    const [read] = (await texts("[role=alert]")).filter((text) => text !== "")
    expect(read).toContain("Gentle Falcon")
  })

  test("can be put away and read again, with what to do and the safety code at hand", async () => {
    await tap("Understood")
    expect((await texts("[role=alert]")).filter((text) => text.includes("Gentle Falcon"))).toEqual([])
    await tap("1 warning")
    expect((await texts("dialog")).join()).toContain("What to do:")
    await tap("Safety code")
    expect((await texts("dialog h2")).join()).toBe("Safety code")
  })

  test("takes no room from the sound: the stage and every button stay", async () => {
    await show("alarms-all")
    expect(await texts("footer button")).toContain("Leave")
    expect((await texts(".note:not(.visually-hidden)")).length).toBeLessThanOrEqual(2)
    expect(await page.evaluate("document.querySelectorAll('dialog[open]').length")).toBe(0)
  })
})

describe("an invitation on stage", () => {
  beforeEach(() => show("stage-invite"))

  test("comes up as a dialog in which a key pressed by chance presses nothing", async () => {
    expect(await page.evaluate("document.querySelector('dialog').matches(':modal')")).toBe(true)
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H2")
  })

  test("stays with its reason when the answer could not be sent", async () => {
    await tap("Come on stage")
    expect((await texts("dialog [role=alert]")).join()).toContain("cannot be reached")
  })
})

test("many who knock are counted, and shown when asked for", async () => {
  await show("knocks-many")
  expect(await texts("[role=status]")).toContain("5 people want to come in")
  expect((await texts("section[aria-labelledby=knocks-title] li")).length).toBe(3)
  await tap("Show 2 more")
  expect((await texts("section[aria-labelledby=knocks-title] li")).length).toBe(5)
})

test("a moderator who has answered a knock sees that the answer is on its way, and cannot answer twice", async () => {
  await show("knocks-moderator")
  const [answered = "", waits = ""] = await texts("section[aria-labelledby=knocks-title] li")
  expect(answered).toContain("Your answer is on its way.")
  expect(waits).not.toContain("Your answer")
  const open = await page.evaluate<boolean[]>(
    "[...document.querySelectorAll('section[aria-labelledby=knocks-title] li button')].map((one) => !one.disabled)",
  )
  expect(open).toEqual([false, false, true, true])
})

test("what was kept of a fork is saved as a file from the warning", async () => {
  await show("alarm-proof")
  await tap("What to do")
  await page.evaluate(`{
    const make = URL.createObjectURL
    URL.createObjectURL = (blob) => {
      window.written = blob.text()
      return make(blob)
    }
    HTMLAnchorElement.prototype.click = function () {
      window.saved = [this.download, this.protocol]
    }
  }`)
  await tap("Save the evidence")
  expect(await page.evaluate("window.saved")).toEqual(["sottovoce-fork-Qm9iJ3Mg.json", "blob:"])
  expect(await page.evaluate("window.written")).toBe("{}")
})

test("a moderator's wish for silence mutes a live microphone and says whose wish it is", async () => {
  await show("asked-to-mute")
  expect((await texts("footer [role=alert]")).join()).toContain("Ana Ferrari")
  expect(await page.evaluate("document.querySelector('button.microphone').ariaPressed")).toBe("true")
})

test("hands are shown to whoever may invite on stage, and to nobody else", async () => {
  await show("moderator")
  expect((await texts("section[aria-labelledby=hands-title] li")).length).toBe(3)
  await show("hand-up")
  expect(await texts("section[aria-labelledby=hands-title]")).toEqual([])
})
