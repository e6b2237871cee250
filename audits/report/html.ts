import type { Report, Row } from "./report.ts"

/** The report as one page that needs nothing else: what was not examined comes first. */
export function reportHtml(report: Report): string {
  const { subject, gatheredAt, versions, evidence, notExamined, limits, rows } = report
  const builds = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width" />
<title>Leak audit of ${escapeHtml(subject)}</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
  table { border-collapse: collapse; display: block; overflow-x: auto }
  th, td { border: 1px solid #8888; padding: .4rem .6rem; text-align: left; vertical-align: top }
  .pass { color: light-dark(#0a6b2d, #6ee796) } .leak { color: light-dark(#b00020, #ff8a9a); font-weight: bold }
  .error { color: light-dark(#8a5a00, #ffc861); font-weight: bold } small { opacity: .8 }
</style>
<h1>Leak audit of ${escapeHtml(subject)}</h1>
<p>${escapeHtml(gatheredAt)} · ${escapeHtml(builds.join(" · "))}<br /><small>evidence sha256 ${escapeHtml(evidence)}</small></p>
<h2>Not examined</h2>
${list(notExamined.length === 0 ? ["Nothing that these audits look for was left out."] : notExamined)}
<h2>What these tests do not show</h2>
${list(limits)}
<h2>Verdicts</h2>
<table>
<tr><th>Audit</th><th>Promise</th><th>Against</th><th>Looked from</th><th>n</th><th>Rate below (95 %)</th><th>Verdict</th><th>On its control</th></tr>
${rows.map(tableRow).join("\n")}
</table>
<h2>Figures</h2>
<table>
<tr><th>Audit</th><th>Figure</th><th>Value</th><th>Goal</th></tr>
${rows.flatMap(figureRows).join("\n")}
</table>
</html>
`
}

function tableRow({ id, promise, adversary, vantage, n, bound, verdict, control, summary }: Row): string {
  const cells = [id, promise, adversary, vantage, String(n), bound === undefined ? "–" : bound.toExponential(1)]
  const judged = `<td><span class="${verdict}">${verdict}</span><br /><small>${escapeHtml(summary)}</small></td>`
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}${judged}<td>${control}</td></tr>`
}

function figureRows({ id, figures }: Row): string[] {
  return figures.map(({ name, value, unit, goal, ok }) => {
    const shown = `${Number.isInteger(value) ? String(value) : value.toPrecision(4)} ${unit}`
    const cells = [id, name, shown, goal].map((cell) => `<td>${escapeHtml(cell)}</td>`)
    return `<tr${ok ? "" : ' class="leak"'}>${cells.join("")}</tr>`
  })
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  }
  return text.replace(/[&<>"']/g, (character) => names[character] ?? "")
}
