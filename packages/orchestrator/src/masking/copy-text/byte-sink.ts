/** What is larger than this is given away instead of copied, so that one huge value is held once. */
const keptCapacity = 1024 * 1024

/** Bytes being written, in one buffer that grows and is used again. */
export class ByteSink {
  bytes: Uint8Array<ArrayBuffer>
  length = 0
  readonly #capacity: number

  constructor(capacity = 256) {
    this.#capacity = capacity
    this.bytes = new Uint8Array(capacity)
  }

  push(byte: number): void {
    if (this.length === this.bytes.length) this.#grow(1)
    this.bytes[this.length++] = byte
  }

  copy(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start
    if (this.length + size > this.bytes.length) this.#grow(size)
    // A loop beats a call into the runtime for the few bytes of a usual value.
    if (size < 96) {
      for (let index = 0; index < size; index++)
        this.bytes[this.length + index] = bytes[start + index] as number
    } else {
      this.bytes.set(bytes.subarray(start, end), this.length)
    }
    this.length += size
  }

  /** Characters of ASCII; others would be torn. */
  ascii(text: string): void {
    const { length } = this
    if (length + text.length > this.bytes.length) this.#grow(text.length)
    for (let index = 0; index < text.length; index++)
      this.bytes[length + index] = text.charCodeAt(index)
    this.length = length + text.length
  }

  utf8(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    this.copy(bytes, 0, bytes.length)
  }

  /** One byte for each character. */
  latin1(text: string): void {
    const bytes = Buffer.from(text, 'latin1')
    this.copy(bytes, 0, bytes.length)
  }

  clear(): void {
    this.length = 0
  }

  /** What was written, in memory of its own; the sink is empty afterwards. */
  take(): Buffer<ArrayBuffer> {
    const { buffer } = this.bytes
    const length = this.length
    this.length = 0
    if (length <= keptCapacity) return Buffer.from(buffer.slice(0, length))
    this.bytes = new Uint8Array(this.#capacity)
    return Buffer.from(buffer, 0, length)
  }

  #grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + by))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}
