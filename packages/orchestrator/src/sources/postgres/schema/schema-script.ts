import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Finding } from '@stuntdouble/sdk/wire'
import type { TableShape } from '../../../masking/masking.ts'
import { fingerprint } from '../../fingerprint.ts'
import type { SchemaScript, SchemaStatement } from '../../sources.ts'
import { collectCollations } from './collations.ts'
import {
  collectConstraints,
  collectDomainChecks,
  findChecks,
  findUnvalidatedForeignKeys,
} from './constraints.ts'
import { readDependencies } from './dependencies.ts'
import { collectExtensions } from './extensions.ts'
import { collectAggregates, collectFunctions } from './functions.ts'
import { collectIndexes } from './indexes.ts'
import { findKindsLeftOut, leftOutFinding } from './left-out.ts'
import { collectRoles, collectSchemas } from './namespaces.ts'
import { buildGraph, type Graph, neededBy, order, type Pruned, prune } from './order.ts'
import { collectPolicies } from './policies.ts'
import type { Catalog, Collector, LeftOut, SchemaObject } from './schema-object.ts'
import { collectSequences } from './sequences.ts'
import { collectTables } from './tables.ts'
import { collectRules, collectTriggers } from './triggers.ts'
import { collectTypes } from './types.ts'
import { collectViews, refreshOf } from './views.ts'
import { findWorkTables } from './work-tables.ts'

const collectors: readonly Collector[] = [
  collectRoles,
  collectSchemas,
  collectExtensions,
  collectCollations,
  collectTypes,
  collectFunctions,
  collectAggregates,
  collectDomainChecks,
  collectSequences,
  collectTables,
  collectViews,
  collectConstraints,
  collectIndexes,
  collectTriggers,
  collectRules,
  collectPolicies,
]

/** Writes the schema anew from the catalog: what we do not know by kind cannot come along. */
export async function readSchema(
  catalog: Catalog,
  tables: readonly TableShape[],
): Promise<SchemaScript> {
  const objects: SchemaObject[] = []
  const leftOut: LeftOut[] = []
  for (const collect of collectors) {
    const collected = await collect(catalog)
    objects.push(...collected.objects)
    leftOut.push(...(collected.leftOut ?? []))
  }

  const pruned = await pruneMissing(catalog, objects, leftOut)
  orderRefreshes(pruned.graph)
  const ordered = order(pruned.graph)
  if (ordered.cycle.length > 0) throw cyclic(ordered.cycle)

  const unvalidated = await findUnvalidatedForeignKeys(catalog)
  return {
    beforeData: ordered.beforeData.flatMap(statements),
    afterData: ordered.afterData.flatMap(statements),
    findings: [
      ...[...leftOut, ...pruned.leftOut].map(leftOutFinding),
      ...(await findKindsLeftOut(catalog)),
      ...findWorkTables(tables),
      ...unvalidated.map(unvalidatedFinding),
    ],
    fingerprint: fingerprint(tables),
    unvalidatedForeignKeys: unvalidated,
    checks: await findChecks(catalog),
  }
}

const statements = ({ what, sql, privileged }: SchemaObject): SchemaStatement[] =>
  sql.map((one) => ({ what, sql: one, ...(privileged ? { privileged } : {}) }))

async function pruneMissing(
  catalog: Catalog,
  objects: readonly SchemaObject[],
  leftOut: readonly LeftOut[],
): Promise<Pruned> {
  const graph = buildGraph(objects, await readDependencies(catalog))
  const names = await nameMissing(catalog, graph)
  for (const { key, what } of leftOut) names.set(key, what)
  const pruned = prune(graph, (key) => names.get(key) ?? key)
  if (pruned.blocked.length > 0) throw blocked(pruned.blocked)
  return pruned
}

async function nameMissing(catalog: Catalog, graph: Graph): Promise<Map<string, string>> {
  const keys = [...new Set([...graph.missing.values()].flatMap((set) => [...set]))]
  const known = keys.filter((key) => /^pg_[a-z_]+:\d+$/.test(key))
  const rows = await catalog.rows<{ key: string; name: string }>(
    `SELECT key, pg_describe_object(split_part(key, ':', 1)::regclass, split_part(key, ':', 2)::oid, 0) AS name
       FROM unnest($1::text[]) AS key`,
    [known],
  )
  return new Map(rows.map(({ key, name }) => [key, name]))
}

/** A materialized view is filled after those that it reads. */
function orderRefreshes(graph: Graph): void {
  for (const view of graph.objects.values()) {
    const refresh = graph.needs.get(refreshOf(view.key)) as Set<string> | undefined
    if (refresh === undefined) continue
    for (const below of closure(graph, view)) {
      if (graph.objects.has(refreshOf(below.key))) refresh.add(refreshOf(below.key))
    }
  }
}

function closure(graph: Graph, start: SchemaObject): ReadonlySet<SchemaObject> {
  const seen = new Set<SchemaObject>()
  const open = [start]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const need of neededBy(graph, next)) {
      if (seen.has(need)) continue
      seen.add(need)
      open.push(need)
    }
  }
  return seen
}

const unvalidatedFinding = (name: string): Finding => ({
  severity: 'warning',
  where: name,
  message:
    'The source never checked this foreign key (NOT VALID), so its copy is not checked either.',
})

const blocked = (list: readonly LeftOut[]) =>
  new SandboxError(
    'source_refused',
    `Tables need something that cannot be copied: ${list
      .slice(0, 5)
      .map(({ what, why }) => `${what} ${why}`)
      .join('; ')}.`,
    { hint: 'Add the schema it is in to the source’s `schemas`, or leave the table’s schema out.' },
  )

const cyclic = (cycle: readonly string[]) =>
  new SandboxError('source_refused', `The schema depends on itself: ${cycle.join(' → ')}.`, {
    hint: 'Break the circle in the source, for instance with a function whose body is a string.',
  })
