export interface Counts {
  readonly passed: number
  readonly failed: number
}

/** The part of vitest's JSON report that is counted. */
export interface SuiteReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** Counts a report; whatever fails outside of a test counts as one failed test. `status`: vitest's exit status. */
export function countReport(report: SuiteReport | undefined, status: number): Counts
