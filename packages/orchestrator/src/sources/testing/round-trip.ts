import { pipeline } from 'node:stream/promises'
import type { Source, Target } from '../sources.ts'

/** What a build does, without the masking. */
export async function roundTrip(
  source: Source,
  target: Target,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  for (const statement of source.schema.beforeData) await target.run(statement, signal)
  const written = new Map<string, number>()
  for (const table of source.tables) {
    const columns = table.columns.filter((column) => !column.generated).map(({ name }) => name)
    const writer = await target.write(table, columns, signal)
    await pipeline(await source.read(table, columns, signal), writer.stream)
    written.set(`${table.schema}.${table.name}`, await writer.done)
  }
  for (const statement of source.schema.afterData) await target.run(statement, signal)
  return written
}
