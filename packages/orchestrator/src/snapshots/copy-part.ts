import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { tableKey } from '../masking/masking.ts'
import type { TableWriter, WrittenTable } from '../sources/sources.ts'
import type { Copying, Stretch } from './copy-tables.ts'
import { inOrder } from './in-order.ts'
import { rowBlocks } from './row-blocks.ts'

/** Real rows in, masked rows out, at the pace of the slowest of source, threads and target. Counts them. */
export async function copyPart(
  copying: Copying,
  stretch: Stretch,
  signal: AbortSignal,
): Promise<number> {
  const { source, target, answers, throttle } = copying
  const { table, part } = stretch
  const names = answers.columnsOf(table).map(({ shape }) => shape.name)
  const rows = await source.read(part, names, signal)
  const writer = await target
    .write(destinationOf(copying, stretch), names, signal)
    .catch((cause) => {
      rows.destroy()
      throw cause
    })
  let count = 0
  const masked = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const block of maskedBlocks(copying, stretch, throttle.slow(chunks, signal))) {
      count += block.rows
      yield Buffer.from(block.bytes.buffer, 0, block.bytes.length)
    }
  }
  await settled(pipeline(rows, masked, writer.stream, { signal }), { rows, writer })
  return count
}

/** Only what alone writes to a table may empty it first; rows of several meet in what they are partitions of. */
function destinationOf({ answers }: Copying, { table, whole }: Stretch): WrittenTable {
  const { schema, name } = answers.destinationOf(table)
  return { schema, name, whole: whole && schema === table.schema && name === table.name }
}

/** Threads mask; what they tell of the rows is taken in the rows' order, so that it is the same every time. */
async function* maskedBlocks(copying: Copying, stretch: Stretch, chunks: AsyncIterable<Buffer>) {
  const { source, threads, leaks, pace } = copying
  const { table, sameness } = stretch
  const number = source.tables.indexOf(table)
  const blocks = inOrder(rowBlocks(chunks, threads.memory), (bytes) => {
    sameness?.before(Buffer.from(bytes.buffer, 0, bytes.length))
    return threads.ask({ do: 'mask', table: number, bytes })
  })
  for await (const block of blocks) {
    sameness?.after(Buffer.from(block.bytes.buffer, 0, block.bytes.length))
    leaks.take(block.collected)
    pace.advance(block.rows, tableKey(table))
    yield block
  }
}

/**
 * When a copy breaks both ends complain. The source's word counts where the source broke, else the
 * target's, which says what it did not like; the pipe's own says only that it was cut.
 */
async function settled(
  piped: Promise<void>,
  { rows, writer }: { readonly rows: Readable; readonly writer: TableWriter },
): Promise<void> {
  const complaint = writer.done.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  try {
    await piped
    await writer.done
  } catch (cause) {
    const sourceBroke = rows.errored !== null
    const said = sourceBroke ? undefined : await Promise.race([complaint, wait(1000, undefined)])
    throw said ?? cause
  }
}
