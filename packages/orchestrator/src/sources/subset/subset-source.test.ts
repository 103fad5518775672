import { expect, test } from 'vitest'
import type { TableShape } from '../../masking/masking.ts'
import type { Source, TablePart } from '../sources.ts'
import { plannedTables, subsetSource } from './subset-source.ts'

const shape = (name: string, over: Partial<TableShape> = {}): TableShape => ({
  ...{
    schema: 'public',
    name,
    columns: [],
    uniques: [],
    foreignKeys: [],
    estimatedRows: 1_000_000,
  },
  ...over,
})
const partitionOf = { schema: 'public', name: 'visit', key: ['day'], total: true }
const tables = [
  shape('big'),
  shape('whole'),
  shape('unreached'),
  shape('visit_1', { partitionOf }),
  shape('visit_2', { partitionOf }),
]
const rows = Float64Array.from({ length: 450_001 }, (_, at) => at * 3)
const chosen = {
  reach: {
    ...{ whole: new Set(['public.whole']), empty: new Set<string>() },
    why: new Map([
      ['public.big', ['root: limit 450001']],
      ['public.whole', ['whole']],
      ['public.unreached', ['not reached']],
      ['public.visit_1', ['child of public.big', 'parent of public.whole']],
      ['public.visit_2', ['parent of public.whole']],
    ]),
  },
  taken: {
    rows: new Map([
      ['public.big', rows],
      ['public.visit_2', Float64Array.of(1, 2)],
    ]),
    cut: new Map([['public.big', 5]]),
  },
}
const signal = new AbortController().signal

function subset() {
  const read: TablePart[] = []
  const source = {
    tables,
    count: async () => 77,
    read: async (part: TablePart) => void read.push(part),
  } as unknown as Source
  return { read, source, part: subsetSource(source, chosen) }
}

test('a large choice is read in parts that hold each row once', async () => {
  const { part } = subset()
  const parts = (await part.parts?.(shape('big'), 4, signal)) ?? []

  expect(parts.map((each) => each.rows?.length)).toEqual([112_500, 112_500, 112_500, 112_501])
  expect(parts.flatMap((each) => [...(each.rows ?? [])])).toEqual([...rows])
  expect(await part.parts?.(shape('whole'), 4, signal)).toEqual([shape('whole')])
})

test('as many rows are counted as were chosen, and the source is asked where all come', async () => {
  const { part } = subset()
  const counts = tables.map((table) => part.count(table, signal))

  expect(await Promise.all(counts)).toEqual([450_001, 77, 0, 0, 2])
})

test('a table of which nothing was chosen gives none of its rows, however it is read', async () => {
  const { part, read } = subset()
  await part.read(shape('unreached'), [], signal)
  await part.read(shape('whole'), [], signal)

  expect(read.map((each) => each.rows?.length)).toEqual([0, undefined])
})

test('partitions are planned as their table, with what holds for some of them', () => {
  const planned = plannedTables(subset().source, chosen)

  expect(planned).toEqual([
    { table: 'public.big', why: ['root: limit 450001'], rows: 450_001, of: 1_000_000, cut: 5 },
    { table: 'public.whole', why: ['whole'], rows: 1_000_000, of: 1_000_000, cut: 0 },
    { table: 'public.unreached', why: ['not reached'], rows: 0, of: 1_000_000, cut: 0 },
    {
      table: 'public.visit',
      why: ['child of public.big (in 1 of 2 partitions)', 'parent of public.whole'],
      ...{ rows: 2, of: 2_000_000, cut: 0 },
    },
  ])
})
