import { beforeEach, describe, expect, test } from "vitest"
import type { ReplyValue } from "../../web/keys/messages.ts"
import type { Sound } from "../../web/room/session.ts"
import { SoundLine } from "../../web/room/sound-line.ts"
import { SfuError, type Sfu } from "../../web/rtc/sfu.ts"

const token: ReplyValue = { kind: "sfu", url: "ws://localhost/rtc", token: "fresh", identity: "x" }

let calls: string[]
let told: Sound[]
let pauses: { ms: number; end: () => void }[]
let connect: () => Promise<void>
let publish: () => Promise<void>
let reply: ReplyValue
let line: SoundLine

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const last = (): Sound | undefined => told.at(-1)

beforeEach(() => {
  calls = []
  told = []
  pauses = []
  reply = token
  connect = () => Promise.resolve()
  publish = () => Promise.resolve()
  const call = (name: string) => () => {
    calls.push(name)
    return Promise.resolve()
  }
  const sfu: Sfu = {
    prepareSound: () => undefined,
    playSound: call("play"),
    connect: () => {
      calls.push("connect")
      return connect()
    },
    publish: () => {
      calls.push("publish")
      return publish()
    },
    unpublish: call("unpublish"),
    setSource: call("source"),
    sendNotice: () => undefined,
    disconnect: call("disconnect"),
  }
  line = new SoundLine({
    sfu: () => Promise.resolve(sfu),
    token: () => {
      calls.push("token")
      return Promise.resolve(reply)
    },
    tell: (sound) => told.push(sound),
    wait: (ms) => new Promise((resolve) => pauses.push({ ms, end: resolve })),
  })
})

describe("the sound follows the seat", () => {
  test("a listener connects with a fresh token and publishes nothing", async () => {
    line.want(true, false)
    await settled()
    expect(calls).toEqual(["token", "connect"])
    expect(last()?.state).toBe("connected")
  })

  test("nobody without a seat connects", async () => {
    line.want(false, false)
    await settled()
    expect(calls).toEqual([])
  })

  test("promoted goes on air, moved down goes off air, and the connection stays", async () => {
    line.want(true, false)
    await settled()
    line.want(true, true)
    await settled()
    line.want(true, false)
    await settled()
    expect(calls).toEqual(["token", "connect", "publish", "unpublish"])
  })

  test("who cannot get on air stays connected for three tries, then joins anew with another ticket", async () => {
    publish = () => Promise.reject(new SfuError("sfu-unreachable"))
    line.want(true, true)
    await settled()
    for (const tries of [1, 2]) {
      expect(calls).toEqual(["token", "connect", ...Array.from({ length: tries }, () => "publish")])
      pauses.at(-1)?.end()
      await settled()
    }
    expect(calls.slice(2)).toEqual(["publish", "publish", "publish", "disconnect"])
    expect(last()?.state).toBe("reconnecting")
    publish = () => Promise.resolve()
    pauses.at(-1)?.end()
    await settled()
    expect(calls.slice(6)).toEqual(["token", "connect", "publish"])
    expect(last()).toMatchObject({ state: "connected", problem: undefined })
  })

  test("who cannot get on air with new connections either loses its hearing for that ever less often", async () => {
    publish = () => Promise.reject(new SfuError("sfu-unreachable"))
    line.want(true, true)
    await settled()
    const round = async (): Promise<number> => {
      const before = calls.filter((call) => call === "disconnect").length
      const from = pauses.length - 1
      while (calls.filter((call) => call === "disconnect").length === before) {
        pauses.at(-1)?.end()
        await settled()
      }
      return pauses.slice(from).reduce((sum, { ms }) => sum + ms, 0)
    }
    const rounds = [await round(), await round(), await round(), await round(), await round()]
    expect(rounds.map((ms) => ms >= 2_000)).toEqual([true, true, true, true, true])
    expect(rounds.slice(1)).toEqual(rounds.slice(1).toSorted((a, b) => a - b))
    expect(rounds.at(-1)).toBeGreaterThan(100_000)
  })

  test("gone disconnects", async () => {
    line.want(true, true)
    await settled()
    line.want(false, false)
    await settled()
    expect(calls.at(-1)).toBe("disconnect")
    expect(last()?.state).toBe("off")
  })

  test("views that change nothing do nothing", async () => {
    for (let i = 0; i < 5; i++) line.want(true, true)
    await settled()
    for (let i = 0; i < 5; i++) line.want(true, true)
    await settled()
    expect(calls).toEqual(["token", "connect", "publish"])
  })
})

describe("a lost connection", () => {
  test("comes back with another token and goes on air again", async () => {
    line.want(true, true)
    await settled()
    line.hear({ kind: "disconnected", reason: "shutdown" })
    expect(last()?.state).toBe("reconnecting")
    await settled()
    pauses[0]?.end()
    await settled()
    expect(calls).toEqual(["token", "connect", "publish", "token", "connect", "publish"])
  })

  test("is tried again with growing pauses, and said after the third failure", async () => {
    connect = () => Promise.reject(new SfuError("sfu-unreachable"))
    line.want(true, false)
    for (let i = 0; i < 4; i++) {
      await settled()
      pauses[i]?.end()
    }
    await settled()
    expect(pauses.map(({ ms }) => ms)).toEqual([500, 1000, 2000, 4000, 8000])
    expect(last()).toMatchObject({ state: "failed", problem: "sfu-unreachable" })
  })

  test("a tap on try again does not wait for the pause", async () => {
    connect = () => Promise.reject(new SfuError("sfu-unreachable"))
    line.want(true, false)
    await settled()
    connect = () => Promise.resolve()
    line.retry()
    await settled()
    expect(last()).toMatchObject({ state: "connected", problem: undefined })
  })

  test("a refused token counts as a failure, not as a connection", async () => {
    reply = { kind: "failed", problem: "offline" }
    line.want(true, false)
    await settled()
    expect(calls).toEqual(["token"])
    expect(pauses.map(({ ms }) => ms)).toEqual([500])
  })

  test("the seat lost during a pause ends the tries", async () => {
    connect = () => Promise.reject(new SfuError("sfu-unreachable"))
    line.want(true, false)
    await settled()
    line.want(false, false)
    await settled()
    expect(calls).toEqual(["token", "connect"])
    expect(last()?.state).toBe("off")
  })
})

describe("an unsafe connection", () => {
  test("is not tried again before somebody taps", async () => {
    line.want(true, true)
    await settled()
    line.hear({ kind: "disconnected", reason: "sdp-refused" })
    await settled()
    line.want(true, true)
    await settled()
    expect(calls).toEqual(["token", "connect", "publish"])
    expect(last()).toMatchObject({ state: "failed", problem: "sdp-refused" })
    line.retry()
    await settled()
    expect(calls).toEqual(["token", "connect", "publish", "token", "connect", "publish"])
  })

  test("a suspected leak keeps the ears and silences the mouth", async () => {
    line.want(true, true)
    await settled()
    line.hear({ kind: "leak-suspected" })
    line.want(true, true)
    await settled()
    expect(calls).toEqual(["token", "connect", "publish"])
    expect(last()).toMatchObject({ state: "connected", problem: "leak-suspected" })
    line.retry()
    await settled()
    expect(calls.at(-1)).toBe("publish")
  })
})
