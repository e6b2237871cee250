import { beforeEach, describe, expect, test } from "vitest"
import { MicrophoneControl } from "../../web/room/microphone.ts"
import { microphoneOff, type Microphone } from "../../web/room/session.ts"
import { MicrophoneError } from "../../web/rtc/devices.ts"

/** As much of a track as is used here. */
class Track {
  enabled = true
  stopped = false
  stop(): void {
    this.stopped = true
  }
}

let track: Track
let asked: number
let open: () => Promise<Track>
let told: Microphone[]
/** What goes out: a track, or silence. */
let sources: (Track | undefined)[]
let patience: (() => void) | undefined
let microphone: MicrophoneControl

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  track = new Track()
  asked = 0
  open = () => Promise.resolve(track)
  told = []
  sources = []
  patience = undefined
  microphone = new MicrophoneControl({
    sfu: () =>
      Promise.resolve({
        setSource: (source) => {
          sources.push(source as unknown as Track | undefined)
          return Promise.resolve()
        },
      }),
    tell: (state) => told.push(state),
    open: () => {
      asked++
      return open() as unknown as Promise<MediaStreamTrack>
    },
    wait: () =>
      new Promise((resolve) => {
        patience = resolve
      }),
  })
})

describe("whoever accepts an invitation on stage", () => {
  test("is asked for the microphone then, and comes on stage muted", async () => {
    microphone.stage(false)
    expect(await microphone.prepare()).toBeUndefined()
    microphone.stage(false)
    microphone.stage(true)
    await settled()
    expect(asked).toBe(1)
    expect(track).toMatchObject({ enabled: false, stopped: false })
    expect(told.at(-1)).toEqual({ state: "muted", problem: undefined })
    expect(sources).toEqual([])
    await microphone.setMuted(false)
    expect(sources).toEqual([track])
  })

  test("and says no to the browser stays in the audience with the reason, and may try again", async () => {
    open = () => Promise.reject(new MicrophoneError("microphone-denied"))
    expect(await microphone.prepare()).toBe("microphone-denied")
    expect(told.at(-1)).toEqual(microphoneOff)
    open = () => Promise.resolve(track)
    expect(await microphone.prepare()).toBeUndefined()
  })

  test("does not keep the microphone open if the stage does not come", async () => {
    await microphone.prepare()
    patience?.()
    await settled()
    expect(track.stopped).toBe(true)
    expect(told.at(-1)).toEqual(microphoneOff)
  })

  test("lets go of it at once if the answer could not be sent", async () => {
    await microphone.prepare()
    microphone.giveUp()
    expect(track.stopped).toBe(true)
  })

  test("keeps it when the time is over and the stage has come", async () => {
    await microphone.prepare()
    microphone.stage(true)
    patience?.()
    await settled()
    expect(track.stopped).toBe(false)
  })
})

describe("on stage", () => {
  test("nothing is asked for before the tap, and leaving the stage lets go", async () => {
    microphone.stage(true)
    expect(asked).toBe(0)
    await microphone.turnOn()
    expect(sources).toEqual([track])
    expect(told.at(-1)?.state).toBe("live")
    microphone.stage(false)
    await settled()
    expect(track.stopped).toBe(true)
    expect(sources).toEqual([track, undefined])
  })

  test("a stage that is gone before the browser answers leaves nothing open, and the next tap asks anew", async () => {
    microphone.stage(true)
    const turning = microphone.turnOn()
    microphone.stage(false)
    await turning
    expect(track.stopped).toBe(true)
    expect(told.at(-1)?.state).toBe("off")
    microphone.stage(true)
    await microphone.turnOn()
    expect(asked).toBe(2)
  })
})
