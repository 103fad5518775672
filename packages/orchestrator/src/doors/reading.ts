import { Readable } from 'node:stream'
import { beginningOf } from './beginning-of.ts'
import { changedMeanwhile, noSuchRange } from './errors.ts'
import { patiently, type Stall } from './stall.ts'

/** From one byte up to another, the end when left out; or so many at the end. */
export type BytesWanted =
  | { readonly first: number; readonly last?: number }
  | { readonly lastBytes: number }

export interface FileContent {
  /** Where it is a part: its first and last byte, and how many there are in all. */
  readonly part?: { readonly first: number; readonly last: number; readonly total: number }
  readonly size: number
  /** Read it to the end or destroy it: a process inside waits. Fails where not all of it came. */
  readonly body: Readable
}

/** What is read before anything is answered: what fails by then is told as what it is. */
const heldBytes = 64 * 1024

/** `kind` and the numbers are what the script said first. Throws `range_not_satisfiable`. */
export async function partOf(
  reading: Omit<Reading, 'size'>,
  kind: string,
  [first = 0, last = 0, total = 0]: readonly number[],
): Promise<FileContent> {
  if (kind !== 'part') {
    await reading.stall.awaiting(reading.settled)
    throw noSuchRange(reading.path, first)
  }
  const size = last - first + 1
  const content = await wholeFile(reading, size)
  if (content.size < size) throw changedMeanwhile(reading.path)
  return { ...content, part: { first, last, total } }
}

export async function wholeFile(
  reading: Omit<Reading, 'size'>,
  size: number,
): Promise<FileContent> {
  const bytes = wholeOf({ ...reading, size })
  const { held, rest } = await beginningOf(bytes, heldBytes)
  if (!rest) return { size: held.length, body: Readable.from([held], { objectMode: false }) }
  return { size, body: Readable.from(rest, { objectMode: false }) }
}

/** One file’s bytes, on their way. */
export interface Reading {
  readonly path: string
  readonly size: number
  readonly stall: Stall
  readonly settled: Promise<unknown>
  readonly rest: Readable
}

/**
 * Fails at its end where the process did: bytes that were cut short are not passed for whole. Of a file
 * that shrank, what is still held by us is whole.
 */
async function* wholeOf({ path, size, stall, settled, rest }: Reading): AsyncGenerator<Buffer> {
  let read = 0
  for await (const chunk of patiently(rest, stall)) {
    read += chunk.length
    yield chunk
  }
  await stall.awaiting(settled)
  if (read < size && read > heldBytes) throw changedMeanwhile(path)
}
