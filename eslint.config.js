import { fileURLToPath } from "node:url"
import js from "@eslint/js"
import svelte from "eslint-plugin-svelte"
import { defineConfig } from "eslint/config"
import ts from "typescript-eslint"

const typed = ["**/*.ts", "**/*.svelte"]

const nodeGlobals = [
  "AbortSignal",
  "Buffer",
  "URL",
  "clearInterval",
  "console",
  "fetch",
  "process",
  "setInterval",
  "setTimeout",
]

// Time and randomness are arguments in crypto: tests and the simulation pass their own.
const ambientInCrypto = [
  { object: "Date", property: "now", message: "Time is an argument in crypto." },
  { object: "Math", property: "random", message: "Randomness comes from Primitives." },
  { object: "globalThis", property: "crypto", message: "Cryptography comes from Primitives." },
  { object: "globalThis", property: "performance", message: "Time is an argument in crypto." },
  { object: "self", property: "crypto", message: "Cryptography comes from Primitives." },
]

export default defineConfig(
  { ignores: ["dist/", "node_modules/", ".sottovoce/", "docs/", "test/vectors/"] },
  // Nothing in a file can switch a rule off: an exception is written here, where it is seen.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    files: typed,
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: [".svelte"],
        tsconfigRootDir: fileURLToPath(new URL(".", import.meta.url)),
      },
    },
    rules: {
      // TypeScript itself reports undefined names.
      "no-undef": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // An async function without await satisfies an interface that promises; both spellings of a shape are read alike.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/unified-signatures": "off",
      // Parts are plain objects of functions, handed on one by one; none of them says `this`.
      "@typescript-eslint/unbound-method": "off",
      // `read<Shape>(json)` names what a file is expected to hold.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
    },
  },
  svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      // Svelte's reactive declarations start as `let x = $state(…)` and its props as `let { x } = $props()`.
      "prefer-const": "off",
    },
  },
  {
    // ESLint sees a component from outside as `any`; svelte-check types these files.
    files: ["**/*.svelte"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  { files: ["crypto/**", "server/**", "web/**"], rules: { "no-console": "error" } },
  {
    files: ["crypto/**"],
    rules: {
      "no-restricted-properties": ["error", ...ambientInCrypto],
      "no-restricted-globals": ["error", "performance", "crypto", "setTimeout", "setInterval", "fetch", "self"],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "Time is an argument in crypto.",
        },
      ],
    },
  },
  {
    // The two places where the platform's WebCrypto becomes our Primitives and our AEAD.
    files: ["crypto/base/web-primitives.ts", "crypto/base/subtle.ts", "crypto/media/aead.ts"],
    rules: { "no-restricted-properties": "off", "no-restricted-globals": "off" },
  },
  {
    files: ["server/**"],
    ignores: ["server/config.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Only server/config.ts reads the environment." },
      ],
      "no-restricted-imports": ["error", { paths: ["node:process", "process"] }],
    },
  },
  // Plain scripts that a browser loads as they are.
  { files: ["audits/**/*.js", "test/page/**/*.js"], rules: { "no-undef": "off" } },
  {
    files: ["**/*.mjs", "*.js"],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, "readonly"])) },
  },
)
