import type { Report } from "./report.ts"

/** The report for a terminal. */
export function reportText({ subject, notExamined, rows }: Report): string {
  const width = Math.max(...rows.map(({ id }) => id.length))
  return [
    `Leak audit of ${subject}`,
    ...notExamined.map((line) => `  not examined: ${line}`),
    ...rows.map(({ id, verdict, control, summary }) => {
      const marks = `${verdict.padEnd(5)}  (on its control: ${control})`
      return `  ${id.padEnd(width)}  ${marks}  ${summary}`
    }),
    "",
  ].join("\n")
}
