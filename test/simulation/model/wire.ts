import type { Packet } from "./packets.ts"

/** A connection between a page and the service: what is under way each way, oldest first. */
export interface Wire {
  readonly page: number
  readonly up: (Packet | { readonly kind: "dial" | "close" })[]
  readonly down: (Packet | { readonly kind: "open" | "close" })[]
  /** The member hears nothing of it any more. */
  memberGone: boolean
  serviceGone: boolean
  /** What is said on it gets lost. */
  broken: boolean
}

export function copyOf({ page, up, down, memberGone, serviceGone, broken }: Wire): Wire {
  return { page, up: [...up], down: [...down], memberGone, serviceGone, broken }
}

export function digestOfWire(name: string, { up, down, memberGone, serviceGone, broken }: Wire): string {
  const names = (items: readonly (Packet | { readonly kind: string })[]): string =>
    items.map((item) => ("id" in item ? item.id : item.kind)).join(",")
  return `${name} ${names(up)} ${names(down)} ${memberGone ? "-" : "+"}${serviceGone ? "-" : "+"}${broken ? "-" : "+"}`
}
