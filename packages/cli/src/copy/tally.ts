import type { Copied } from './copy.ts'

/** What has been copied so far. */
export class Tally {
  #files = 0
  #bytes = 0
  readonly #skipped: { path: string; why: string }[] = []

  add(bytes: number) {
    this.#files += 1
    this.#bytes += bytes
  }

  skip(path: string, why: string) {
    this.#skipped.push({ path, why })
  }

  get copied(): Copied {
    return { files: this.#files, bytes: this.#bytes, skipped: this.#skipped }
  }
}
