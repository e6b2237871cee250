import { readFileSync } from "node:fs"

/** Reads a file under test/vectors. Whole numbers named in `big` come as strings: JSON.parse rounds above 2^53. */
export function readVectors(path: string, ...big: string[]): unknown {
  let text = readFileSync(new URL(`../vectors/${path}`, import.meta.url), "utf8")
  for (const name of big) text = text.replaceAll(new RegExp(`"${name}": (\\d+)`, "g"), `"${name}": "$1"`)
  return JSON.parse(text)
}

export interface WycheproofFile<Group> {
  readonly numberOfTests: number
  readonly testGroups: readonly Group[]
}

export interface AeadGroup {
  readonly ivSize: number
  readonly keySize: number
  readonly tagSize: number
  readonly tests: readonly {
    readonly tcId: number
    readonly key: string
    readonly iv: string
    readonly aad: string
    readonly msg: string
    readonly ct: string
    readonly tag: string
    readonly result: "valid" | "invalid"
  }[]
}
