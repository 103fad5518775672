import { tableKey } from '../../masking/masking.ts'
import { namedTwice, unknownTables } from './errors.ts'
import type { Graph, Subset } from './subset.ts'

/** Throws `config_invalid` where a name means nothing, or a table is spoken of twice. */
export function checkSubset(graph: Graph, { roots, whole, empty }: Subset): void {
  const named = [...roots.map(({ table }) => table), ...whole, ...empty]
  const unknown = named.filter((table) => graph.leavesOf(table).length === 0)
  if (unknown.length > 0) throw unknownTables(unknown.map(tableKey))
  const seen = new Set<string>()
  for (const leaf of named.flatMap((table) => graph.leavesOf(table))) {
    if (seen.has(leaf)) throw namedTwice(leaf)
    seen.add(leaf)
  }
}
