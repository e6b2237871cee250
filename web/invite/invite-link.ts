/**
 * What the address bar said when the page was opened. The link, with its secret fragment, can be taken out once and
 * only once: there is no field that keeps it.
 */
export interface Arrival {
  /** The space in the path, 22 characters of base64url; undefined on every other address. */
  readonly space: string | undefined
  /** Whether a fragment was there and nobody has taken it yet. */
  hasLink(): boolean
  /** The whole link, the first time; undefined ever after. */
  takeLink(): string | undefined
}

interface Place {
  readonly origin: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
}

interface Bar {
  replaceState(data: unknown, unused: string, url: string): void
}

/** The space that a path of this site names: `/s/` and 22 characters of base64url, nothing behind them. */
export function spaceOf(pathname: string): string | undefined {
  return /^\/s\/([A-Za-z0-9_-]{22})\/?$/.exec(pathname)?.[1]
}

/** The path of a space's page. */
export function spacePath(space: string): string {
  return `/s/${space}`
}

/**
 * Reads the invite link from the address bar and scrubs the fragment from it and from this history entry at once:
 * to be called before anything that could make a request or draw.
 */
export function readArrival(place: Place, bar: Bar): Arrival {
  const space = spaceOf(place.pathname)
  let link =
    space !== undefined && place.hash.length > 1 ? `${place.origin}${spacePath(space)}${place.hash}` : undefined
  if (place.hash !== "") bar.replaceState(null, "", place.pathname + place.search)
  return {
    space,
    hasLink: () => link !== undefined,
    takeLink: () => {
      const taken = link
      link = undefined
      return taken
    },
  }
}
