import type { RoomView } from "./messages.ts"

/** What the page was last told, so that it hears only of changes, and of many at once only the last. */
export class Screen {
  readonly #post: (view: RoomView) => void
  readonly #soon: (run: () => void) => void
  #last: string | undefined
  #next: (() => RoomView) | undefined

  /** @param soon - runs something after what is waiting now. */
  constructor(post: (view: RoomView) => void, soon: (run: () => void) => void) {
    this.#post = post
    this.#soon = soon
  }

  /** Something changed: the view is made when it is its turn. */
  update(make: () => RoomView): void {
    const waiting = this.#next !== undefined
    this.#next = make
    if (!waiting) this.#soon(() => this.flush())
  }

  /** Shows a view now, whatever was waiting. */
  show(view: RoomView): void {
    this.#next = () => view
    this.flush()
  }

  /** Tells the page what is waiting, before something that refers to it. */
  flush(): void {
    const make = this.#next
    if (make === undefined) return
    this.#next = undefined
    const view = make()
    const text = JSON.stringify(view)
    if (text === this.#last) return
    this.#last = text
    this.#post(view)
  }

  /** A page that asks anew gets the view again, the same or not. */
  forget(): void {
    this.#last = undefined
  }
}
