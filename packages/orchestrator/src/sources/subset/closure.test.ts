import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closeOver } from './closure.ts'
import { reachOf } from './reach.ts'
import type { Found, Graph, Reference, Root, RowFinder, Rows, Subset } from './subset.ts'

/** A reference from one table to another: for each row of the first, the rows of the second it names. */
interface Key extends Reference {
  readonly named: readonly (readonly number[])[]
}

interface Store {
  readonly graph: Graph<Key>
  readonly rowsOf: ReadonlyMap<string, number>
}

const nameOf = (table: number) => `public.t${table}`

/** Tables of a few rows, and keys between any two of them or within one; some name nothing, some two rows. */
const stores: fc.Arbitrary<Store> = fc
  .array(fc.nat(6), { minLength: 1, maxLength: 5 })
  .chain((sizes) => {
    const table = fc.nat(sizes.length - 1)
    const key = fc.tuple(table, table).chain(([from, to]) => {
      const target = fc.array(fc.nat(Math.max(0, (sizes[to] ?? 0) - 1)), {
        maxLength: sizes[to] ? 2 : 0,
      })
      const size = sizes[from] ?? 0
      return fc.array(target, { minLength: size, maxLength: size }).map(
        (named): Key => ({
          ...{ from: [nameOf(from)], to: [nameOf(to)], fromName: nameOf(from) },
          ...{ toName: nameOf(to), named, single: named.every((all) => new Set(all).size < 2) },
        }),
      )
    })
    return fc.array(key, { maxLength: 7 }).map((references): Store => {
      const tables = sizes.map((_, at) => nameOf(at))
      return {
        rowsOf: new Map(sizes.map((size, at) => [nameOf(at), size])),
        graph: { tables, references, leavesOf: ({ schema, name }) => [`${schema}.${name}`] },
      }
    })
  })

const ref = (key: string) => ({ schema: 'public', name: key.slice('public.'.length) })

function subsetsOf({ graph }: Store): fc.Arbitrary<Subset> {
  const kinds = fc.array(fc.constantFrom('root', 'whole', 'open'), {
    minLength: graph.tables.length,
    maxLength: graph.tables.length,
  })
  const named = (all: readonly string[], wanted: string) =>
    graph.tables.filter((_, at) => all[at] === wanted).map(ref)
  return fc
    .record({ kinds, depth: fc.nat(4), perParent: fc.option(fc.integer({ min: 1, max: 2 })) })
    .map(({ kinds: all, depth, perParent }) => ({
      ...{ depth, perParent: perParent ?? undefined, rest: 'empty' as const, likeness: [] },
      roots: named(all, 'root').map((table) => ({ table, limit: 2 })),
      ...{ whole: named(all, 'whole'), empty: [] },
    }))
}

const everyRow = (count: number) => Float64Array.from({ length: count }, (_, at) => at)

/** What a store answers, the plain way. */
class FakeRows implements RowFinder<Key> {
  readonly #store: Store
  readonly #perParent: number

  constructor(store: Store, { perParent }: Subset) {
    this.#store = store
    this.#perParent = perParent ?? Number.POSITIVE_INFINITY
  }

  async roots({ table, limit = 0 }: Root): Promise<Found[]> {
    const key = `${table.schema}.${table.name}`
    return [{ table: key, rows: everyRow(this.#size(key)).subarray(0, limit) }]
  }

  async parents({ named }: Key, { table, rows }: Rows, [into = '']: readonly string[]) {
    const given = rows === 'all' ? everyRow(this.#size(table)) : rows
    return [{ table: into, rows: Float64Array.from([...given].flatMap((row) => named[row] ?? [])) }]
  }

  async children({ named }: Key, { rows }: Rows, [into = '']: readonly string[]) {
    const found = [...(rows as Float64Array)].map((parent) =>
      named.flatMap((parents, row) => (parents.includes(parent) ? [row] : [])),
    )
    const kept = found.map((all) => all.slice(0, this.#perParent))
    const cut = found.flat().length - kept.flat().length
    return [{ table: into, rows: Float64Array.from(kept.flat()), cut }]
  }

  #size = (key: string) => this.#store.rowsOf.get(key) ?? 0
}

async function closed(store: Store, subset: Subset) {
  const reach = reachOf(store.graph, subset)
  const finder = new FakeRows(store, subset)
  const told: string[] = []
  const tell = (what: string) => void told.push(what)
  const taken = await closeOver({ graph: store.graph, subset, reach, finder, tell })
  const rowsOf = (table: string) =>
    reach.whole.has(table)
      ? [...everyRow(store.rowsOf.get(table) ?? 0)]
      : [...(taken.rows.get(table) ?? [])]
  return { reach, taken, told, rowsOf }
}

const cases = stores.chain((store) => fc.tuple(fc.constant(store), subsetsOf(store)))

test('whatever a row of a subset refers to is in it', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([store, subset]) => {
      const { rowsOf } = await closed(store, subset)
      for (const { from, to, named } of store.graph.references) {
        const there = new Set(rowsOf(to[0] ?? ''))
        const dangling = rowsOf(from[0] ?? '')
          .flatMap((row) => named[row] ?? [])
          .filter((row) => !there.has(row))
        expect(dangling).toEqual([])
      }
    }),
    { numRuns: 500 },
  )
})

test('a subset holds what its words say and not a row more', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([store, given]) => {
      const subset = { ...given, perParent: undefined }
      const { rowsOf, reach } = await closed(store, subset)
      const expected = plainly(store, subset)
      for (const table of store.graph.tables) {
        if (reach.whole.has(table)) continue
        expect(new Set(rowsOf(table)), table).toEqual(expected.get(table) ?? new Set())
      }
    }),
    { numRuns: 500 },
  )
})

/** The same by brute force: rounds over every key until nothing is new. */
function plainly({ graph, rowsOf }: Store, { roots, whole, depth }: Subset) {
  const isWhole = (table: string) => whole.some((each) => `public.${each.name}` === table)
  const sets = new Map<string, Set<number>>(graph.tables.map((table) => [table, new Set()]))
  const has = (table: string, row: number) => sets.get(table)?.has(row) === true
  for (const { table, limit = 0 } of roots)
    for (let row = 0; row < Math.min(limit, rowsOf.get(`public.${table.name}`) ?? 0); row++)
      sets.get(`public.${table.name}`)?.add(row)
  for (let round = 0; round < depth; round++) {
    const found = graph.references.flatMap(({ from: [from = ''], to: [to = ''], named }) =>
      isWhole(from) || isWhole(to)
        ? []
        : named.flatMap((all, row) => (all.some((one) => has(to, one)) ? [{ from, row }] : [])),
    )
    for (const { from, row } of found) sets.get(from)?.add(row)
  }
  for (const table of whole)
    for (const row of everyRow(rowsOf.get(`public.${table.name}`) ?? 0))
      sets.get(`public.${table.name}`)?.add(row)
  for (let before = -1; ; ) {
    const size = [...sets.values()].reduce((total, set) => total + set.size, 0)
    if (size === before) return sets
    before = size
    for (const {
      from: [from = ''],
      to: [to = ''],
      named,
    } of graph.references)
      for (const row of sets.get(from) ?? [])
        for (const one of named[row] ?? []) sets.get(to)?.add(one)
  }
}

test('a table has rows only where the reach says why', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([store, subset]) => {
      const { rowsOf, reach } = await closed(store, subset)
      for (const table of store.graph.tables) {
        const why = reach.why.get(table) ?? []
        expect(why.length).toBeGreaterThan(0)
        if (rowsOf(table).length > 0) expect(why.join()).toMatch(/root|child|parent|whole/)
      }
    }),
  )
})

const chain: Store = {
  rowsOf: new Map([
    ['public.t0', 3],
    ['public.t1', 6],
    ['public.t2', 6],
  ]),
  graph: {
    tables: ['public.t0', 'public.t1', 'public.t2'],
    leavesOf: ({ schema, name }) => [`${schema}.${name}`],
    references: [1, 2].map((table) => ({
      ...{ from: [nameOf(table)], to: [nameOf(table - 1)], fromName: nameOf(table) },
      ...{ toName: nameOf(table - 1), single: true, named: [[0], [0], [0], [0], [1], [2]] },
    })),
  },
}
const subset = {
  ...{ whole: [], empty: [], rest: 'empty' as const, depth: 3, likeness: [] },
  roots: [{ table: ref('public.t0'), limit: 1 }],
}

test('what perParent leaves out is counted', async () => {
  const { rowsOf, taken } = await closed(chain, { ...subset, perParent: 2 })

  expect(rowsOf('public.t1')).toEqual([0, 1])
  expect(taken.cut.get('public.t1')).toBe(2)
})

test('what lies deeper than followed is told apart from what nothing leads to', async () => {
  const { reach } = await closed(chain, { ...subset, depth: 1 })

  expect(reach.why.get('public.t1')).toEqual(['child of public.t0'])
  expect(reach.why.get('public.t2')).toEqual(['deeper than depth 1'])
})

test('the rest comes whole where that is asked for, with what it refers to', async () => {
  const whole = { ...subset, roots: [{ table: ref('public.t1'), limit: 1 }], depth: 0 }
  const { reach, rowsOf } = await closed(chain, { ...whole, rest: 'whole' })

  expect(reach.why.get('public.t2')).toEqual(['whole: nothing leads to it'])
  expect(rowsOf('public.t2')).toHaveLength(6)
  expect(rowsOf('public.t1')).toEqual([0, 1, 2])
})

test('a table that is to be empty and is referred to is told, with what refers to it', async () => {
  const empty = { ...subset, roots: [{ table: ref('public.t1'), limit: 1 }] }
  const { taken } = await closed(chain, { ...empty, empty: [ref('public.t0')] })

  expect(taken.missing).toEqual([{ table: 'public.t0', neededBy: 'public.t1' }])
})
