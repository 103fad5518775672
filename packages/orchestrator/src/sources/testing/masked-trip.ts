import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import {
  answeringTable,
  answeringTables,
  compileMasker,
  isMasked,
  type Policy,
  strategyFor,
} from '../../masking/masking.ts'
import type { Source, Target } from '../sources.ts'

/** What a build does between its two servers: schema, masked rows, keys. */
export async function maskedTrip(
  { source, target, policy }: { source: Source; target: Target; policy: Policy },
  signal: AbortSignal,
): Promise<void> {
  for (const statement of source.schema.beforeData) await target.run(statement, signal)
  const shapes = answeringTables(source.tables)
  for (const table of source.tables) {
    const columns = table.columns.filter(({ generated }) => !generated).map(({ name }) => name)
    const shape = { ...table, ...answeringTable(table) }
    const masker = compileMasker({ shape, columns, policy, shapes, key: Buffer.alloc(32, 5) })
    const rows = await buffer(await source.read(table, columns, signal))
    const moved = table.partitionOf?.key.some((column) => {
      const strategy = strategyFor(policy, answeringTable(table), column)
      return strategy !== undefined && isMasked(strategy)
    })
    const writer = await target.write(moved ? answeringTable(table) : table, columns, signal)
    await pipeline(Readable.from([masker.push(rows), masker.end()]), writer.stream)
    await writer.done
  }
  for (const statement of source.schema.afterData) await target.run(statement, signal)
}
