import type { Locator, Page } from "playwright-core"
import type { Removal } from "../evidence.ts"
import type { Room, Subject } from "../subject.ts"
import { openTapped, type TappedPage } from "./tapped-page.ts"

const listenerLabel = "audited listener"
const withinMs = 60_000

/** A deployment of the product, driven as a person would: by the names of buttons and fields, in English. */
export function deployedProduct(url: string): Subject {
  return {
    name: url,
    open: async (browser) => {
      const host = await openTapped(browser)
      host.page.setDefaultTimeout(withinMs)
      await createSpace(host.page, url)
      await button(host.page, "Turn on microphone").click()
      await host.page.getByText("You can be heard").waitFor()
      const room: Room = {
        speaker: host,
        invite: () => makeLink(host.page, listenerLabel),
        join: listen,
        pass: async () => {
          const decoy = await openTapped(browser)
          try {
            return await catchPass(decoy, await makeLink(host.page, "subscriber without keys"))
          } finally {
            // Its seat stays; its page must not ask for another pass.
            await decoy.context.close()
          }
        },
        mute: (muted) => mute(host.page, muted),
        remove: () => removeListener(host.page),
        close: async () => {
          await endSpace(host.page)
          await host.context.close()
        },
      }
      return room
    },
  }
}

async function createSpace(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel("What is it about?").fill("Leak audit")
  await page.getByLabel("Your name").fill("Auditor")
  await button(page, "Create space").click()
}

async function makeLink(page: Page, label: string): Promise<string> {
  await button(page, "Invite").click()
  const sheet = dialog(page, "Invitations")
  await sheet.getByLabel("Who is it for?").fill(label)
  await button(sheet, "Make link").click()
  const link = await sheet.getByRole("textbox", { name: "Invitation link" }).inputValue()
  await button(sheet, "Close").click()
  return link
}

async function listen({ page }: TappedPage, link: string): Promise<void> {
  page.setDefaultTimeout(withinMs)
  await page.goto(link)
  await button(page, "Listen").click()
  await page.getByText("You are listening").waitFor()
}

/** Takes a seat, but keeps the page from the media server: somebody else uses its pass, and without its keys. */
async function catchPass(decoy: TappedPage, link: string): Promise<{ url: string; token: string }> {
  const caught = new Promise<string>((resolve, reject) => {
    setTimeout(() => {
      reject(new Error("the page did not contact the media server"))
    }, 2 * withinMs).unref()
    void decoy.page.routeWebSocket(/\/rtc/, (socket) => {
      resolve(socket.url())
    })
  })
  await listen(decoy, link)
  const url = await caught
  return { url, token: new URL(url).searchParams.get("access_token") ?? "" }
}

async function mute(page: Page, muted: boolean): Promise<void> {
  await button(page, "Mute").click()
  await page.getByRole("button", { name: "Mute", exact: true, pressed: muted }).waitFor()
}

async function removeListener(page: Page): Promise<Removal> {
  await button(page, "People").click()
  const people = dialog(page, "People")
  await button(people.getByRole("listitem").filter({ hasText: listenerLabel }), "Remove").click()
  const confirm = page.getByRole("dialog").filter({ hasText: "They stop hearing at once" })
  const askedAt = Date.now()
  await button(confirm, "Remove").click()
  // The question goes away when the service has taken the removal.
  await confirm.waitFor({ state: "hidden" })
  const headAt = Date.now()
  await button(people, "Close").click()
  return { askedAt, headAt }
}

async function endSpace(page: Page): Promise<void> {
  await button(page, "End space").click()
  await button(page.getByRole("dialog"), "End space").click()
  await page.getByRole("dialog").waitFor({ state: "hidden" })
}

function button(within: Page | Locator, name: string): Locator {
  return within.getByRole("button", { name, exact: true })
}

function dialog(page: Page, name: string): Locator {
  return page.getByRole("dialog", { name, exact: true })
}
