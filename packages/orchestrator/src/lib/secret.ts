import { inspect } from 'node:util'

const shown = '[secret]'

/** A value that prints as nothing, however it comes to be printed. `reveal` is where it is used. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}
