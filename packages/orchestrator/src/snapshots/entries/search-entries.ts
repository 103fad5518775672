import type { KeyMasker, KeyTable } from '../../masking/masking.ts'
import type { Entry, EntryPart, EntryStore, EntryTarget } from '../../sources/sources.ts'
import { inParallel } from '../in-parallel.ts'
import type { LeakCheck } from '../leak-check/leak-check.ts'
import type { Threads } from '../threads/threads.ts'
import { isSmall } from './at-once.ts'
import { ColumnSearch } from './column-search.ts'

export interface SearchedEntries {
  readonly kind: Pick<EntryStore, 'names' | 'atOnce'>
  readonly target: EntryTarget
  readonly masker: KeyMasker
  readonly tables: readonly KeyTable[]
  readonly leaks: LeakCheck
  readonly threads: Threads
}

/** Reads the copy back and looks for masked values in every name, field and value. */
export async function searchEntries(
  { kind, target, masker, tables, leaks, threads }: SearchedEntries,
  signal: AbortSignal,
): Promise<void> {
  const columns = new Map<string, ColumnSearch>()
  const strange = strangeIn(kind.names.called)
  const elsewhere = idOf(strange.shape.name, 'value')
  for (const { shape, columns: known } of [...tables, strange])
    for (const column of known)
      columns.set(
        idOf(shape.name, column.shape.name),
        new ColumnSearch({ shape, column, leaks, threads }),
      )
  const search: Search = async ({ pattern, column }, value) =>
    await (columns.get(idOf(pattern, column)) ?? columns.get(elsewhere))?.push(value)

  const work = async (entry: Entry, either: AbortSignal) => {
    const pattern = masker.placeOf(entry.name)?.pattern ?? strange.shape.name
    await search({ pattern, column: 'name' }, kind.names.legible(entry.name))
    for await (const parts of target.read(entry, either)) {
      for (const part of parts) {
        const place = masker.placeOf(entry.name, part.field) ?? { pattern, column: 'value' }
        await searchPart(search, place, part)
      }
    }
  }
  for await (const entries of target.list(signal)) {
    await inParallel(entries.filter(isSmall), kind.atOnce, { signal, work })
    for (const entry of entries.filter((each) => !isSmall(each))) await work(entry, signal)
  }
  for (const column of columns.values()) await column.end()
}

/** Where a value of the copy stands. */
interface Place {
  readonly pattern: string
  readonly column: string
}

type Search = (place: Place, value: Buffer) => Promise<void>

async function searchPart(search: Search, place: Place, { field, value }: EntryPart) {
  await search(place, value)
  if (field === undefined) return
  // Where one answer covers a hash, its fields are masked by it as well.
  await search(place.column === 'value' ? place : { ...place, column: 'field' }, field)
}

const idOf = (pattern: string, column: string) => JSON.stringify([pattern, column])

const columnOf = (name: string) => ({
  shape: {
    ...{ name, type: 'text', baseType: 'text', category: 'string' as const },
    ...{ notNull: true, maxLength: null, generated: false },
  },
  strategy: { name: 'keep' } as const,
})
/** For a masked name that no pattern fits any more: what stands there is looked at as if it were kept. */
const strangeIn = (schema: string): KeyTable => ({
  shape: {
    ...{ schema, name: '(masked)', columns: [], uniques: [], foreignKeys: [] },
    estimatedRows: 0,
  },
  columns: ['name', 'value'].map(columnOf),
})
