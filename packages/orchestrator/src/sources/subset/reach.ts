import type { Graph, Reference, Subset } from './subset.ts'

/** What a subset leads to, told from the tables and references alone, before any row is looked at. */
export interface Reach {
  readonly whole: ReadonlySet<string>
  readonly empty: ReadonlySet<string>
  /** Of every table: why it has rows, or why it has none. */
  readonly why: ReadonlyMap<string, readonly string[]>
}

/**
 * Down from the roots to what refers to them, as deep as the subset says, and from everything that is
 * in up to all it refers to. What is in for the sake of others is not gone down from: else a country
 * would bring everybody who lives there.
 */
export function reachOf(graph: Graph, subset: Subset): Reach {
  const whole = new Set(subset.whole.flatMap((table) => graph.leavesOf(table)))
  const empty = new Set(subset.empty.flatMap((table) => graph.leavesOf(table)))
  const reasons = new Map<string, Set<string>>(graph.tables.map((table) => [table, new Set()]))
  const because = (table: string, reason: string) => reasons.get(table)?.add(reason)
  const isOpen = (table: string) => !whole.has(table) && !empty.has(table)
  const walk: Walk = { references: graph.references, isOpen, because }

  const roots = subset.roots.map(({ table, ...rest }) => ({
    ...rest,
    leaves: graph.leavesOf(table),
  }))
  for (const root of roots) for (const table of root.leaves) because(table, described(root))
  const starts = roots.flatMap(({ leaves }) => leaves)
  const down = goDown(starts, subset.depth, walk)
  const up = goUp([...down, ...whole], walk)
  const rest = graph.tables.filter((table) => isOpen(table) && !up.has(table))
  const deeper = goDown(starts, Number.POSITIVE_INFINITY, { ...walk, because: () => {} })
  if (subset.rest === 'whole') {
    for (const table of rest) whole.add(table)
    goUp(rest, walk)
  }
  for (const table of rest) {
    const isDeeper = deeper.has(table) ? `deeper than depth ${subset.depth}` : 'not reached'
    because(table, subset.rest === 'whole' ? 'whole: nothing leads to it' : isDeeper)
  }
  for (const table of whole) if (!rest.includes(table)) because(table, 'whole')
  for (const table of empty) because(table, 'empty')
  return { whole, empty, why: new Map([...reasons].map(([table, set]) => [table, [...set]])) }
}

interface Walk {
  readonly references: readonly Reference[]
  isOpen(table: string): boolean
  because(table: string, reason: string): void
}

function goDown(starts: readonly string[], depth: number, walk: Walk): ReadonlySet<string> {
  const seen = new Set(starts)
  let level: ReadonlySet<string> = new Set(starts)
  for (let left = depth; left > 0 && level.size > 0; left--) {
    const next = new Set<string>()
    for (const { from, to, toName } of walk.references) {
      if (!to.some((table) => level.has(table))) continue
      for (const table of from.filter(walk.isOpen)) {
        walk.because(table, `child of ${toName}`)
        if (!seen.has(table)) next.add(table)
        seen.add(table)
      }
    }
    level = next
  }
  return seen
}

function goUp(starts: readonly string[], walk: Walk): ReadonlySet<string> {
  const seen = new Set(starts)
  for (const at of seen) {
    for (const { from, to, fromName } of walk.references) {
      if (!from.includes(at)) continue
      for (const table of to.filter(walk.isOpen)) {
        walk.because(table, `parent of ${fromName}`)
        seen.add(table)
      }
    }
  }
  return seen
}

interface Described {
  readonly where?: string | undefined
  readonly samplePercent?: number | undefined
  readonly limit?: number | undefined
}

function described({ where, samplePercent, limit }: Described): string {
  const parts = [
    samplePercent === undefined ? '' : ` ${samplePercent}% of it`,
    where === undefined ? '' : ` where ${where}`,
    limit === undefined ? '' : ` limit ${limit}`,
  ]
  return `root:${parts.filter(Boolean).join(',')}`
}
