interface Forms {
  readonly one: string
  readonly other: string
}

/**
 * Counting in one language: a function that puts a number (`#`, written in the language's digits) into the form that
 * its plural rules ask for.
 */
export function counting(language: string): (n: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language)
  const digits = new Intl.NumberFormat(language)
  return (n, forms) => (rules.select(n) === "one" ? forms.one : forms.other).replace("#", digits.format(n))
}
