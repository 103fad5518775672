import type { Reach } from './reach.ts'
import type { Graph, Reference, RowFinder, Rows, Subset } from './subset.ts'
import { Taken } from './taken.ts'

export interface Closing<Ref extends Reference = Reference> {
  readonly graph: Graph<Ref>
  readonly subset: Subset
  readonly reach: Reach
  readonly finder: RowFinder<Ref>
  /** Told before each look, in words. */
  tell(what: string): void
}

/**
 * The rows of a subset: roots, what refers to them level by level, and then, without limit, everything
 * that any row refers to. So every reference that leads somewhere in the source does in the subset.
 * Ends when no row is new, whatever circles the references make.
 */
export async function closeOver<Ref extends Reference>(closing: Closing<Ref>): Promise<Taken> {
  const { reach, subset } = closing
  const taken = new Taken(reach)
  let level = await rootsOf(closing, taken)
  const levels = [...level]
  for (let left = subset.depth; left > 0 && level.length > 0; left--) {
    level = await childrenOf(closing, level, taken)
    levels.push(...level)
  }
  const whole = [...reach.whole].map((table): Rows => ({ table, rows: 'all' }))
  let open: readonly Rows[] = [...whole, ...levels]
  while (open.length > 0) open = await parentsOf(closing, open, taken)
  return taken
}

async function rootsOf<Ref extends Reference>(
  { subset, finder, tell }: Closing<Ref>,
  taken: Taken,
): Promise<readonly Rows[]> {
  for (const root of subset.roots) {
    tell(`roots in ${root.table.schema}.${root.table.name}`)
    taken.add(await finder.roots(root))
  }
  return taken.fresh()
}

async function childrenOf<Ref extends Reference>(
  { graph, reach, finder, tell }: Closing<Ref>,
  level: readonly Rows[],
  taken: Taken,
): Promise<readonly Rows[]> {
  for (const reference of graph.references) {
    const { from, to, fromName, toName } = reference
    const into = from.filter((table) => !reach.whole.has(table) && !reach.empty.has(table))
    if (into.length === 0) continue
    for (const rows of level.filter(({ table }) => to.includes(table))) {
      tell(`rows of ${fromName} that refer to ${toName}`)
      taken.add(await finder.children(reference, rows, into), { by: reference })
    }
  }
  return taken.fresh()
}

async function parentsOf<Ref extends Reference>(
  { graph, reach, finder, tell }: Closing<Ref>,
  open: readonly Rows[],
  taken: Taken,
): Promise<readonly Rows[]> {
  for (const reference of graph.references) {
    const { from, to, fromName, toName } = reference
    const into = to.filter((table) => !reach.whole.has(table))
    if (into.length === 0) continue
    for (const rows of open.filter(({ table }) => from.includes(table))) {
      if (reference.single && rows.by === reference) continue
      tell(`rows of ${toName} that ${fromName} refers to`)
      taken.add(await finder.parents(reference, rows, into), { neededBy: fromName })
    }
  }
  return taken.fresh()
}
