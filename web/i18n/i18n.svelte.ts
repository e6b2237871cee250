import type { Messages } from "./en.ts"
import { languages, pickLanguage, type Language } from "./languages.ts"

const storageKey = "sottovoce.language"

// Storage may be forbidden (a private window, a strict setting): the page then asks the browser's languages each time.
function stored(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

class I18n {
  language = $state<Language>(pickLanguage(stored(), navigator.languages))
  readonly t: Messages = $derived(languages[this.language].messages)

  /** Switches the language and remembers the choice on this device. */
  choose(language: Language): void {
    this.language = language
    try {
      localStorage.setItem(storageKey, language)
    } catch {
      // The choice then lasts as long as this page.
    }
  }

  /** A point in time (ms since 1970) as day and time in the page's language. */
  date(ms: number): string {
    return new Intl.DateTimeFormat(this.language, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
    }).format(ms)
  }

  /** A point in time (ms since 1970) as hours and minutes in the page's language. */
  time(ms: number): string {
    return new Intl.DateTimeFormat(this.language, { hour: "2-digit", minute: "2-digit" }).format(ms)
  }

  /** The name of a language (BCP 47) in the page's language; the code itself if nobody knows it. */
  languageName(code: string): string {
    try {
      return new Intl.DisplayNames(this.language, { type: "language" }).of(code) ?? code
    } catch {
      return code
    }
  }
}

export const i18n = new I18n()
