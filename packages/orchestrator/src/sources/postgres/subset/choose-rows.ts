import type { SubsetRequest } from '../../sources.ts'
import { checkSubset } from '../../subset/check-subset.ts'
import { closeOver } from '../../subset/closure.ts'
import { neededRows } from '../../subset/errors.ts'
import { reachOf } from '../../subset/reach.ts'
import type { Chosen } from '../../subset/subset-source.ts'
import type { Session } from '../session.ts'
import { PostgresRows } from './postgres-rows.ts'
import { type Inspected, readRelations } from './relations.ts'

/** Chooses the rows of a subset on the snapshot that a connection reads. */
export async function chooseRows(
  session: Session,
  inspected: Inspected,
  { subset, tell }: SubsetRequest,
): Promise<Chosen> {
  const graph = await readRelations(session, inspected, subset.likeness)
  checkSubset(graph, subset)
  const reach = reachOf(graph, subset)
  const finder = new PostgresRows(session, graph, subset)
  const taken = await closeOver({ graph, subset, reach, finder, tell })
  if (taken.missing.length > 0) throw neededRows(taken.missing)
  return { reach, taken }
}
