import { en, type Messages } from "./en.ts"
import { it } from "./it.ts"

/** The languages of the page: one row each. */
export const languages = {
  en: { name: "English", messages: en },
  it: { name: "Italiano", messages: it },
} as const satisfies Record<string, { readonly name: string; readonly messages: Messages }>

export type Language = keyof typeof languages

/** Whether a text is the code of a language that the page speaks. */
export function isLanguage(code: string): code is Language {
  return Object.hasOwn(languages, code)
}

/**
 * The language to start in: the person's own choice if there is one, else the first of the browser's languages that
 * the page speaks (by its primary subtag), else English.
 */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen !== null && isLanguage(chosen)) return chosen
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0] ?? ""
    if (isLanguage(primary)) return primary
  }
  return "en"
}
