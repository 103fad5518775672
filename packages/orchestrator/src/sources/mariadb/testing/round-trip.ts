import { pipeline } from 'node:stream/promises'
import type { Source, Target } from '../../sources.ts'

/** What a build does, without the masking. */
export async function roundTrip(
  source: Source,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  for (const statement of source.schema.beforeData) await target.run(statement, signal)
  for (const table of source.tables) {
    const columns = table.columns.filter((column) => !column.generated).map(({ name }) => name)
    const writer = await target.write(table, columns, signal)
    await pipeline(await source.read(table, columns, signal), writer.stream)
    await writer.done
  }
  for (const statement of source.schema.afterData) await target.run(statement, signal)
}
