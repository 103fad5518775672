import { Transform, type TransformCallback } from 'node:stream'
import { type Search, type State, step } from './search.ts'

/** Encoders wrap their lines: so many bytes of line breaks in a row stand in no pattern’s way. */
const mostBreaks = 2
const filler = 0x2a

/**
 * Reads a stream for patterns, also where they are split over chunks or lines. What is found is
 * overwritten with stars, so that lengths stay; what could be the beginning of a pattern is held until
 * it is known, and nothing else.
 */
export class Sieve {
  readonly #search: Search
  readonly #onFound: () => void
  #state: State
  #held = Buffer.alloc(0)
  #breaks = 0

  constructor(search: Search, onFound: () => void) {
    this.#search = search
    this.#onFound = onFound
    this.#state = search.root
  }

  /** What may pass by now. */
  push(chunk: Buffer): Buffer {
    const from = this.#held.length
    const bytes = Buffer.concat([this.#held, chunk])
    for (let at = from; at < bytes.length; at += 1) {
      if (!this.#read(bytes[at] ?? 0) || this.#state.found === 0) continue
      cover(bytes, placeOf(bytes, at, this.#state.found), at)
      this.#onFound()
    }
    const keepFrom = placeOf(bytes, bytes.length - 1, this.#state.depth)
    this.#held = bytes.subarray(keepFrom)
    return bytes.subarray(0, keepFrom)
  }

  /** What was held, at the end: it was the beginning of nothing. */
  rest(): Buffer {
    return this.#held
  }

  /** Whether the byte counted. */
  #read(byte: number): boolean {
    const isBreak = isLineBreak(byte)
    this.#breaks = isBreak ? this.#breaks + 1 : 0
    if (this.#breaks > mostBreaks) this.#state = this.#search.root
    else if (!isBreak) this.#state = step(this.#state, byte)
    return !isBreak
  }
}

const isLineBreak = (byte: number) => byte === 0x0a || byte === 0x0d

/** Where the last `count` bytes up to `end` begin, line breaks not counted. */
function placeOf(bytes: Buffer, end: number, count: number): number {
  let at = end + 1
  for (let left = count; left > 0; left -= 1) {
    at -= 1
    while (isLineBreak(bytes[at] ?? 0)) at -= 1
  }
  return at
}

function cover(bytes: Buffer, from: number, to: number): void {
  for (let at = from; at <= to; at += 1) {
    if (!isLineBreak(bytes[at] ?? 0)) bytes[at] = filler
  }
}

/** Whether a text holds a pattern. */
export function holds(search: Search, text: string): boolean {
  let found = false
  new Sieve(search, () => {
    found = true
  }).push(Buffer.from(text, 'latin1'))
  return found
}

/** Passes a stream on without what is searched for. `onFound` may throw, which ends the stream. */
export class Scrubber extends Transform {
  readonly #sieve: Sieve

  constructor(search: Search, onFound: () => void) {
    super()
    this.#sieve = new Sieve(search, onFound)
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    try {
      done(null, this.#sieve.push(chunk))
    } catch (cause) {
      done(cause as Error)
    }
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#sieve.rest())
  }
}
