import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface AudienceWish {
  readonly origin: string
  readonly link: string
  readonly seats: number
  /** Third byte of their addresses, so that rooms do not share a rate. */
  readonly network: number
}

/** Listeners that are just there. */
export interface Crowd {
  leave(): void
}

/** Seats an audience; resolves when all of them are in. @throws Error if one is not let in */
export async function seatCrowd(wish: AudienceWish): Promise<Crowd> {
  if (wish.seats === 0) return { leave: () => undefined }
  const child = fork(fileURLToPath(new URL("audience.ts", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
  const leave = (): void => {
    if (child.connected) child.disconnect()
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject)
      child.once("exit", () => reject(new Error("The audience's process ended.")))
      child.once("message", (word: string) => {
        if (word === "seated") resolve()
        else reject(new Error(word))
      })
      child.send(wish)
    })
  } catch (error) {
    leave()
    throw error
  }
  return { leave }
}
