import { describe, expect, test } from "vitest"
import { en } from "../../web/i18n/en.ts"
import { isolate } from "../../web/i18n/isolate.ts"
import { it } from "../../web/i18n/it.ts"
import { languages, pickLanguage } from "../../web/i18n/languages.ts"

type Text = string | ((...parts: readonly unknown[]) => unknown)

/** Every text of a tree of messages by its path. */
function texts(tree: object, path = ""): Map<string, Text> {
  const found = new Map<string, Text>()
  for (const [key, value] of Object.entries(tree) as [string, unknown][]) {
    const here = path === "" ? key : `${path}.${key}`
    if (typeof value === "object" && value !== null) for (const [at, text] of texts(value, here)) found.set(at, text)
    else found.set(here, value as Text)
  }
  return found
}

/** A text with its parts filled in; parts are told apart, and no number decides the plural form alone. */
function filled(text: Text): string {
  return typeof text === "function" ? String(text(7, 9)) : text
}

const all = Object.entries(languages)

describe("the page in every language", () => {
  test.each(all)("%s has exactly the texts that English has", (_code, { messages }) => {
    expect([...texts(messages).keys()].sort()).toEqual([...texts(en).keys()].sort())
  })

  test.each(all)("%s leaves no text empty and shows every part it is given", (_code, { messages }) => {
    const english = texts(en)
    for (const [path, text] of texts(messages)) {
      expect(filled(text).trim(), path).not.toBe("")
      const source = english.get(path)
      if (source === undefined) continue
      for (const part of ["7", "9"])
        expect(filled(text).includes(part), `${path}: ${part}`).toBe(filled(source).includes(part))
    }
  })

  test.each(all)("%s explains each problem in one sentence of its own", (_code, { messages }) => {
    const sentences = Object.values(messages.problems)
    expect(new Set(sentences).size).toBe(sentences.length)
    for (const sentence of sentences) expect(sentence).toMatch(/^\p{Lu}.*\.$/u)
  })

  test("one and many are told apart in both languages", () => {
    expect(en.room.counted(1)).toBe("1 seat, counted in the signed Head")
    expect(en.room.counted(352)).toBe("352 seats, counted in the signed Head")
    expect(it.card.seats(1)).toBe("1 persona dentro")
    expect(it.card.seats(10_000)).toBe("10.000 persone dentro")
  })

  test("Italian is translated: no sentence is left in English", () => {
    const english = texts(en)
    const same = [...texts(it)].filter(([path, text]) => filled(text).length > 20 && english.get(path) === text)
    expect(same).toEqual([])
  })
})

describe("the language to start in", () => {
  test("is the person's own choice, then the browser's first that the page speaks, then English", () => {
    expect(pickLanguage("it", ["en-GB"])).toBe("it")
    expect(pickLanguage(null, ["de-DE", "it-CH", "en"])).toBe("it")
    expect(pickLanguage(null, ["de", "ja"])).toBe("en")
    expect(pickLanguage("klingon", ["it"])).toBe("it")
    expect(pickLanguage("toString", [])).toBe("en")
  })
})

test("a name inside a sentence cannot turn the sentence around", () => {
  expect(isolate("ليلى")).toBe("\u2068ليلى\u2069")
})
