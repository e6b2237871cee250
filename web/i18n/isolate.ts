/**
 * A name inside a plain sentence, between Unicode's isolate marks (UAX #9 §2.4): a name written from right to left then
 * leaves the sentence around it in order. Where there are elements, `bdi` does the same.
 */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`
}
