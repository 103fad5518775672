const keptBytes = 8 * 1024 * 1024

/** One stream’s text: handed on in full, kept up to the limit. A character cut in two waits for its rest. */
export class Kept {
  truncated = false
  #text = ''
  #bytes = 0
  readonly #decoder = new TextDecoder()
  readonly #listener: ((text: string) => void) | undefined

  constructor(listener: ((text: string) => void) | undefined) {
    this.#listener = listener
  }

  add(bytes: Uint8Array) {
    this.#bytes += bytes.length
    this.#take(this.#decoder.decode(bytes, { stream: true }))
  }

  /** All that was kept; may be asked again. */
  end(): string {
    this.#take(this.#decoder.decode())
    return this.#text
  }

  #take(text: string) {
    if (text) this.#listener?.(text)
    if (this.#bytes > keptBytes) this.truncated = true
    else this.#text += text
  }
}
