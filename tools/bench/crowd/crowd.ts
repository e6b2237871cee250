import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface AudienceWish {
  readonly origin: string
  readonly link: string
  readonly seats: number
  /** Third byte of their addresses, so that rooms do not share a rate. */
  readonly network: number
}

/** What the audience's process is told. */
export type CrowdWord = ({ readonly kind: "seat" } & AudienceWish) | { readonly kind: "reach"; readonly epoch: number }

/** What it answers, once. */
export type AudienceWord =
  | { readonly kind: "seated" }
  | { readonly kind: "reached"; readonly epoch: number }
  | { readonly kind: "failed"; readonly why: string }

/** Listeners that are just there. */
export interface Crowd {
  /** Resolves when all of them have the secret of an epoch, or of a later one. @throws Error if that takes a minute */
  reach(epoch: number): Promise<void>
  leave(): void
}

/** Seats an audience; resolves when all of them are in. @throws Error if one is not let in */
export async function seatCrowd(wish: AudienceWish): Promise<Crowd> {
  if (wish.seats === 0) return { reach: () => Promise.resolve(), leave: () => undefined }
  const child = fork(fileURLToPath(new URL("audience.ts", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
  const leave = (): void => {
    if (child.connected) child.disconnect()
  }
  // one question at a time
  const ask = (word: CrowdWord): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error("The audience's process ended."))
      child.once("error", reject)
      child.once("exit", fail)
      child.once("message", (answer: AudienceWord) => {
        child.off("error", reject)
        child.off("exit", fail)
        if (answer.kind === "failed") reject(new Error(answer.why))
        else resolve()
      })
      child.send(word)
    })
  try {
    await ask({ kind: "seat", ...wish })
  } catch (error) {
    leave()
    throw error
  }
  return { reach: (epoch) => ask({ kind: "reach", epoch }), leave }
}
