import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildGraph, order, prune } from './order.ts'
import { ranks, type SchemaObject } from './schema-object.ts'

const object = (key: string, rank: number, needs: string[] = []): SchemaObject => ({
  key,
  rank,
  what: `the ${key}`,
  sql: [],
  needs,
})
const nothing = { wholeOf: new Map(), edges: [] }
const ordered = (objects: SchemaObject[]) => {
  const { beforeData, afterData, cycle } = order(buildGraph(objects, nothing))
  return {
    before: beforeData.map(({ key }) => key),
    after: afterData.map(({ key }) => key),
    cycle,
  }
}

describe('the order of a schema', () => {
  test('puts what is needed first and what is late after the data', () => {
    const objects = [
      object('index', ranks.index, ['table', 'function']),
      object('view', ranks.view, ['table']),
      object('table', ranks.table, ['type']),
      object('function', ranks.function),
      object('type', ranks.type),
    ]

    expect(ordered(objects)).toMatchObject({
      before: ['type', 'function', 'table'],
      after: ['view', 'index'],
    })
  })

  test('brings a view forward that a table needs, and its key with it', () => {
    const objects = [
      object('second', ranks.table, ['function']),
      object('function', ranks.function, ['view']),
      object('view', ranks.view, ['key', 'first']),
      object('key', ranks.key, ['first']),
      object('first', ranks.table),
    ]

    expect(ordered(objects).before).toEqual(['first', 'key', 'view', 'function', 'second'])
  })

  test('sends a function that needs a view behind the data', () => {
    const objects = [
      object('function', ranks.function, ['view']),
      object('view', ranks.view, ['table']),
      object('table', ranks.table),
    ]

    expect(ordered(objects)).toMatchObject({ before: ['table'], after: ['view', 'function'] })
  })

  test('names a circle', () => {
    const objects = [
      object('a', ranks.function, ['b']),
      object('b', ranks.view, ['a']),
      object('c', ranks.table),
    ]

    expect(ordered(objects).cycle).toEqual(['the a', 'the b'])
  })

  test('never puts anything before what it needs', () => {
    const graphs = fc.array(
      fc.record({ rank: fc.integer({ min: 0, max: 25 }), needs: fc.array(fc.nat(30)) }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(graphs, (nodes) => {
        const objects = nodes.map(({ rank, needs }, at) =>
          object(`${at}`, rank, needs.filter((need) => need < at).map(String)),
        )
        const { before, after, cycle } = ordered(objects)
        const all = [...before, ...after]
        expect(cycle).toEqual([])
        expect(all.toSorted()).toEqual(objects.map(({ key }) => key).toSorted())
        for (const { key, needs = [] } of objects) {
          for (const need of needs) expect(all.indexOf(need)).toBeLessThan(all.indexOf(key))
        }
      }),
    )
  })
})

describe('what cannot come along', () => {
  const wholeOf = new Map([['part', 'table']])
  const edges = [
    { from: 'view', to: 'foreign' },
    { from: 'above', to: 'view' },
    { from: 'index', to: 'part' },
  ]
  const pruned = (extra: SchemaObject[] = []) =>
    prune(
      buildGraph(
        [
          object('table', ranks.table),
          object('view', ranks.view),
          object('above', ranks.view),
          object('index', ranks.index),
          ...extra,
        ],
        { wholeOf, edges },
      ),
      (key) => `that ${key}`,
    )

  test('takes along what is built on it, each told why', () => {
    const { leftOut, graph } = pruned()

    expect(leftOut).toEqual([
      { key: 'view', what: 'the view', why: 'needs that foreign' },
      { key: 'above', what: 'the above', why: 'needs the view' },
    ])
    expect([...graph.objects.keys()]).toEqual(['table', 'index'])
  })

  test('stops the build where a table is built on it', () => {
    expect(pruned([object('stuck', ranks.table, ['above'])]).blocked).toEqual([
      { key: 'stuck', what: 'the stuck', why: 'needs the above' },
    ])
  })
})
