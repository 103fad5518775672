import type { Dependencies } from './dependencies.ts'
import { isEssential, isLate, type LeftOut, type SchemaObject } from './schema-object.ts'

/** Objects and, for each, what must be there before it; by key. */
export interface Graph {
  readonly objects: ReadonlyMap<string, SchemaObject>
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>
  /** What objects need but nobody collected. */
  readonly missing: ReadonlyMap<string, ReadonlySet<string>>
}

export function buildGraph(list: readonly SchemaObject[], { wholeOf, edges }: Dependencies): Graph {
  const objects = new Map(list.map((object) => [object.key, object]))
  const needs = new Map<string, Set<string>>(list.map(({ key }) => [key, new Set()]))
  const missing = new Map<string, Set<string>>(list.map(({ key }) => [key, new Set()]))
  const whole = (key: string) => resolve(key, objects, wholeOf)

  const add = (from: string, to: string) => {
    if (from === to) return
    const into = objects.has(to) ? needs : missing
    into.get(from)?.add(to)
  }
  for (const { from, to } of edges) add(whole(from), whole(to))
  for (const { key, needs: named = [] } of list) for (const to of named) add(key, whole(to))
  return { objects, needs, missing }
}

/** Follows parts to the object they come with. */
function resolve(
  key: string,
  objects: ReadonlyMap<string, SchemaObject>,
  wholeOf: ReadonlyMap<string, string>,
): string {
  const seen = new Set<string>()
  let at = key
  while (!objects.has(at) && !seen.has(at)) {
    seen.add(at)
    at = wholeOf.get(at) ?? at
  }
  return at
}

export interface Pruned {
  readonly graph: Graph
  readonly leftOut: readonly LeftOut[]
  /** Tables that need something that does not come along. */
  readonly blocked: readonly LeftOut[]
}

/** Leaves out whatever needs something that is missing, and what needs that, and so on. */
export function prune(graph: Graph, describe: (key: string) => string): Pruned {
  const gone = new Map<string, LeftOut>()
  for (let before = -1; before !== gone.size; ) {
    before = gone.size
    for (const object of graph.objects.values()) {
      if (gone.has(object.key)) continue
      const missing = [...(graph.missing.get(object.key) ?? [])]
      const lost = [...(graph.needs.get(object.key) ?? [])].filter((key) => gone.has(key))
      const cause = missing[0] ?? lost[0]
      if (cause === undefined) continue
      const name = gone.get(cause)?.what ?? describe(cause)
      gone.set(object.key, { key: object.key, what: object.what, why: `needs ${name}` })
    }
  }
  const isBlocked = ({ key }: LeftOut) => isEssential(graph.objects.get(key) as SchemaObject)
  const all = [...gone.values()]
  return {
    graph: without(graph, gone),
    leftOut: all.filter((one) => !isBlocked(one)),
    blocked: all.filter(isBlocked),
  }
}

const without = (graph: Graph, gone: ReadonlyMap<string, unknown>): Graph => ({
  ...graph,
  objects: new Map([...graph.objects].filter(([key]) => !gone.has(key))),
})

export interface Ordered {
  readonly beforeData: readonly SchemaObject[]
  readonly afterData: readonly SchemaObject[]
  /** What each of a cycle is called; empty when there is none. */
  readonly cycle: readonly string[]
}

/**
 * Dependencies first, then by rank, then as listed. What tables need comes before the data, with
 * everything that is not naturally late and needs nothing late.
 */
export function order(graph: Graph): Ordered {
  const sorted: SchemaObject[] = []
  const state = new Map<string, 'open' | 'done'>()
  let cycle: string[] = []

  const visit = (object: SchemaObject, path: readonly SchemaObject[]): void => {
    if (state.get(object.key) === 'done' || cycle.length > 0) return
    if (state.get(object.key) === 'open') {
      cycle = path.slice(path.indexOf(object)).map(({ what }) => what)
      return
    }
    state.set(object.key, 'open')
    for (const next of byRank(neededBy(graph, object))) visit(next, [...path, object])
    state.set(object.key, 'done')
    sorted.push(object)
  }
  for (const object of byRank([...graph.objects.values()])) visit(object, [])

  const early = earlyOnes(graph, sorted)
  return {
    beforeData: sorted.filter((object) => early.has(object)),
    afterData: sorted.filter((object) => !early.has(object)),
    cycle,
  }
}

const byRank = (objects: readonly SchemaObject[]) => objects.toSorted((a, b) => a.rank - b.rank)

export function neededBy(graph: Graph, { key }: SchemaObject): SchemaObject[] {
  const needs = [...(graph.needs.get(key) ?? [])]
  return needs.map((need) => graph.objects.get(need)).filter((found) => found !== undefined)
}

function earlyOnes(graph: Graph, sorted: readonly SchemaObject[]): ReadonlySet<SchemaObject> {
  const forced = new Set<SchemaObject>()
  for (const object of sorted.toReversed()) {
    if (!isEssential(object) && !forced.has(object)) continue
    forced.add(object)
    for (const need of neededBy(graph, object)) forced.add(need)
  }
  const early = new Set<SchemaObject>()
  for (const object of sorted) {
    const free = !isLate(object) && neededBy(graph, object).every((need) => early.has(need))
    if (forced.has(object) || free) early.add(object)
  }
  return early
}
