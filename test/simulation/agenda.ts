interface Entry {
  readonly at: number
  readonly order: number
  readonly run: () => unknown
}

/** What is to happen, in the order of virtual time; of two things at one time the one that was entered first. */
export class Agenda {
  /** Virtual milliseconds since the beginning. */
  now = 0
  #entered = 0
  readonly #heap: Entry[] = []

  /** Enters something `ms` from now. */
  after(ms: number, run: () => unknown): void {
    this.at(this.now + ms, run)
  }

  at(at: number, run: () => unknown): void {
    const heap = this.#heap
    const entry = { at: Math.max(Math.ceil(at), this.now), order: this.#entered++, run }
    let place = heap.length
    heap.push(entry)
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(entry, above)) break
      heap[place] = above
      place = parent
    }
    heap[place] = entry
  }

  /** Moves the clock to the next entry and carries it out; false if there is none. */
  async next(): Promise<boolean> {
    const entry = this.#take()
    if (entry === undefined) return false
    this.now = entry.at
    await entry.run()
    return true
  }

  #take(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const [a, b] = [heap[left], heap[left + 1]]
      if (a === undefined) break
      const right = b !== undefined && before(b, a)
      const child = right ? b : a
      if (!before(child, last)) break
      heap[place] = child
      place = right ? left + 1 : left
    }
    heap[place] = last
    return first
  }
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
