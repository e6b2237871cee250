import { readFileSync, readdirSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import ts from "typescript"

export interface Import {
  /** The importing file, from the root of the repository: "server/app.ts". */
  readonly from: string
  /** What it imports: a path from the root ("crypto/base/bytes.ts") or a package ("hono", "node:fs"). */
  readonly to: string
  /** Erased before anything runs. */
  readonly typeOnly: boolean
}

const root = join(import.meta.dirname, "..", "..")

/** Paths from the root of every source file of a folder. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mts|mjs|svelte)$/.test(name))
    .map((name) => `${folder}/${name}`)
}

/** The text of a source file; of a component only its script blocks, which is where imports are. */
export function sourceText(file: string): string {
  const text = readFileSync(join(root, file), "utf8")
  if (!file.endsWith(".svelte")) return text
  return [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map((block) => block[1] ?? "").join("\n")
}

/** Every import of a file: static, re-exported, dynamic, in a type, and `new URL("./x.ts", import.meta.url)` of a worker. */
export function importsOf(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
  const found: Import[] = []
  const add = (name: ts.Node | undefined, typeOnly: boolean): void => {
    if (name !== undefined && ts.isStringLiteralLike(name))
      found.push({ from: file, to: resolve(file, name.text), typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isErased(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
    else if (ts.isNewExpression(node) && node.arguments?.[1]?.getText() === "import.meta.url")
      add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

// `import { type A }` counts as a real import: verbatimModuleSyntax keeps the module's side effects.
function isErased(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith("#crypto/")) return `crypto/${specifier.slice(8).replace(/\.ts$/, "")}.ts`
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier
}
