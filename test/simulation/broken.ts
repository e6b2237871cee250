/** An invariant that did not hold. */
export class Broken extends Error {
  readonly invariant: string

  constructor(invariant: string, text: string) {
    super(`${invariant}: ${text}`)
    this.name = "Broken"
    this.invariant = invariant
  }
}
