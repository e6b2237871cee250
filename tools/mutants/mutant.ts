/** One planted bug, and the test that has to turn red by it. */
export interface Mutant {
  readonly name: string
  readonly file: string
  /** Found exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** The test file, and (a part of) the title of the test that catches it. */
  readonly test: string
  readonly title: string
}
