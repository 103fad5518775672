import { tornAtEnd } from '../processes/output-page.ts'

export interface LineWindow {
  /** Counted from 1. */
  readonly first: number
  readonly count: number
  readonly limitBytes: number
}

export interface Lines {
  readonly bytes: Buffer
  /** Of the lines that were taken; one less than the first where there is none. */
  readonly last: number
  /** Whether there is more behind the last. */
  readonly more: boolean
  /** Whether the last was cut. */
  readonly cut: boolean
}

const newline = 10

/** So many lines from one on. Holds no more of the file than it gives back, and stops reading there. */
export async function takeLines(
  body: AsyncIterable<Buffer>,
  { first, count, limitBytes }: LineWindow,
): Promise<Lines> {
  const taken: Buffer[] = []
  let size = 0
  let line = 1
  for await (const chunk of body) {
    let at = 0
    while (at < chunk.length) {
      if (line >= first + count) return lines(taken, { last: line - 1, more: true, cut: false })
      const end = chunk.indexOf(newline, at)
      const next = end === -1 ? chunk.length : end + 1
      if (line >= first) {
        const room = limitBytes - size
        // Whole lines where there is one: a cut one is what fills the limit alone.
        if (next - at > room) return overfull(taken, chunk.subarray(at, at + room), line)
        taken.push(chunk.subarray(at, next))
        size += next - at
      }
      if (end !== -1) line += 1
      at = next
    }
  }
  const bytes = Buffer.concat(taken)
  const endsInLine = bytes.length > 0 && bytes.at(-1) !== newline
  return { bytes, last: endsInLine ? line : Math.max(line, first) - 1, more: false, cut: false }
}

function overfull(taken: readonly Buffer[], part: Buffer, line: number): Lines {
  const before = Buffer.concat(taken)
  const whole = before.lastIndexOf(newline) + 1
  if (whole > 0) return { bytes: before.subarray(0, whole), last: line - 1, more: true, cut: false }
  return {
    bytes: wholeCharacters(Buffer.concat([before, part])),
    last: line,
    more: true,
    cut: true,
  }
}

const lines = (taken: readonly Buffer[], rest: Omit<Lines, 'bytes'>): Lines => ({
  bytes: Buffer.concat(taken),
  ...rest,
})

const wholeCharacters = (bytes: Buffer) => bytes.subarray(0, bytes.length - tornAtEnd(bytes))
