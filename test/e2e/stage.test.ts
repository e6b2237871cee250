import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Attendee } from "../support/attendee.ts"
import { browsers, type Browser, type Visitor } from "../support/browsers.ts"
import { startProduct, type Product } from "../support/product.ts"

// One room and one knock on the real parts, by what is written on the screens: each test goes on where the one before ended.

let product: Product
let chromium: Browser
let host: Attendee
let guest: Attendee
const visitors: Visitor[] = []

beforeAll(async () => {
  product = await startProduct()
  chromium = await browsers.chromium()
}, 120_000)

afterAll(async () => {
  for (const visitor of visitors) await visitor.close()
  await chromium.close()
  await product.stop()
})

async function visitor(): Promise<Visitor> {
  const made = await chromium.visitor()
  visitors.push(made)
  return made
}

/** From here on the page counts what it connects with: ways of the sound, and lines to the media server. */
const countConnections = `{
  globalThis.connected = { peers: 0, lines: 0 }
  const Peer = RTCPeerConnection
  globalThis.RTCPeerConnection = new Proxy(Peer, {
    construct: (target, options, made) => (globalThis.connected.peers++, Reflect.construct(target, options, made)),
  })
  const Line = WebSocket
  globalThis.WebSocket = new Proxy(Line, {
    construct: (target, options, made) => {
      if (String(options[0]).includes("/rtc")) globalThis.connected.lines++
      return Reflect.construct(target, options, made)
    },
  })
}`

describe("from the audience to the stage and back", () => {
  test("a listener comes in under a name of their own, and raises a hand that the host sees", async () => {
    host = await Attendee.host(await visitor(), product.url, "Questions")
    await host.turnOnMicrophone()
    guest = await Attendee.arrive(await visitor(), await host.invite("Bianca"))
    await guest.page.evaluate(countConnections)
    await guest.fill("How shall we call you?", "Bianca Rossi")
    await guest.tap("Listen")
    await guest.reads("Hearing 1 person")
    await guest.reads("You appear as Bianca Rossi")
    await guest.tap("Raise hand")
    await guest.reads("Your hand is up")
    await host.reads("Raised hands")
    await host.reads("Bianca Rossi")
  })

  test("invited, they say yes, come on stage muted, and are heard after unmuting", async () => {
    await host.tap("Invite to the stage")
    await guest.reads("invites you to speak")
    await guest.tap("Come on stage")
    await guest.reads("You are on stage, still muted")
    await guest.tap("Mute")
    await guest.reads("You can be heard")
    await host.reads("Hearing 1 person")
    expect(await host.text()).not.toContain("Raised hands")
  })

  test("the host's wish for silence mutes them and says whose wish it is", async () => {
    await host.tap("People")
    await host.tap("Ask to mute")
    await guest.reads("asked you to be quiet")
    await host.tap("Move down")
    await guest.reads("You are listening")
    await host.tap("Close")
  })

  test("what they hear was never connected anew", async () => {
    await guest.reads("Hearing 1 person")
    // one way there, one way back, one line, from the first sound to the last
    expect(await guest.page.evaluate("globalThis.connected")).toEqual({ peers: 2, lines: 1 })
  })
})

describe("a host who goes", () => {
  test("is told who leads on, and the room says who does", async () => {
    const cohost = await Attendee.join(await visitor(), await host.invite("Dora", "Co-host"))
    await cohost.reads("Hearing 1 person")
    await host.tap("Leave")
    await host.reads("leads on")
    await host.tap(`Leave, ${isolated(await cohost.name())} leads on`)
    await host.reads("The space goes on without you")
    await cohost.reads("You lead while the host is away")
    await guest.reads("leads while the host is away")
  })

  test("comes back, and leads again", async () => {
    await host.tap("Come back")
    await host.reads("You appear as")
    await host.reads("You are back")
    await host.tap("Lead again")
    await guest.page.evaluate("undefined")
    await expect.poll(() => guest.text(), { timeout: 20_000 }).not.toContain("leads while the host is away")
  })
})

/** As names stand inside sentences. */
const isolated = (name: string): string => `\u2068${name}\u2069`

describe("a space where each knock waits for a yes", () => {
  let door: Attendee
  const words = (page: Attendee["page"]): Promise<string> =>
    page.evaluate<string>(
      `[...document.querySelectorAll("main ol[translate=no] li")].map((li) => li.textContent).join(" ")`,
    )

  test("shows both sides the same four words, and lets in whom the host lets in", async () => {
    door = await Attendee.arrive(await visitor(), product.url)
    await door.fill("What is it about?", "Behind the door")
    await door.fill("Your name", "Ada")
    await door.page.evaluate(`document.querySelector("input[value=sealed]").click()`)
    await door.tap("Create space")
    await door.reads("Only this 1 seat can hear")
    const link = await door.invite("friends", "Listener", "A group")
    const friend = await Attendee.arrive(await visitor(), link)
    await friend.reads("somebody inside has to say yes")
    await friend.tap("Listen")
    await friend.reads("Tell these words to")
    await door.reads("Wants to come in")
    await door.reads(await words(friend.page))
    await door.tap("Let in")
    await friend.reads("You are listening")

    const stranger = await Attendee.arrive(await visitor(), link)
    await stranger.tap("Listen")
    await door.reads("Wants to come in")
    await door.tap("Not now")
    await stranger.reads("Nobody has let you in this time")
  })
})
