import { Writable } from 'node:stream'

const maxBytes = 8 * 1024 * 1024

export interface Marked {
  readonly text: string
  /** What follows the marker on its line. */
  readonly tail: string
}

/** One stream of a shell, cut where a marker stands. */
export class ShellOutput extends Writable {
  #buffer = Buffer.alloc(0)
  #waiting:
    | { marker: string; resolve: (marked: Marked) => void; reject: (cause: Error) => void }
    | undefined

  /** One at a time. */
  until(marker: string): Promise<Marked> {
    return new Promise((resolve, reject) => {
      this.#waiting = { marker, resolve, reject }
      this.#look()
    })
  }

  fail(cause: Error): void {
    this.#waiting?.reject(cause)
    this.#waiting = undefined
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (cause?: Error) => void): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    this.#look()
    done(this.#buffer.length > maxBytes ? new Error('a shell printed without end') : undefined)
  }

  #look(): void {
    if (this.#waiting === undefined) return
    const { marker, resolve } = this.#waiting
    const start = this.#buffer.indexOf(`${marker} `)
    const end = start < 0 ? -1 : this.#buffer.indexOf('\n', start)
    if (end < 0) return
    const text = this.#buffer.subarray(0, start).toString()
    const tail = this.#buffer.subarray(start + marker.length + 1, end).toString()
    this.#buffer = this.#buffer.subarray(end + 1)
    this.#waiting = undefined
    resolve({ text, tail })
  }
}
