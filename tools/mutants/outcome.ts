/** The project of vitest.config.ts whose tests catch the planted bugs. */
export const unitTests = "units"

/** What a test run said: the titles of tests that passed and of those that failed. */
export interface Outcome {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
}

/** A run that is asked for: the tests of a file with this text in their title, after another file has changed. */
export interface Asked {
  readonly changed: string
  readonly test: string
  readonly title: string
}
