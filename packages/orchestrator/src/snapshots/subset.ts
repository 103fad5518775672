import type { PlannedTable, SnapshotPlan, SubsetConfig } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../config/config.ts'
import {
  answeringTables,
  parsePolicyFile,
  parseTableKey,
  type TableRef,
  tableKey,
} from '../masking/masking.ts'
import type { Likeness, Source, Subset } from '../sources/sources.ts'
import { readPolicy } from './answers.ts'
import { policyMissing, subsetUnsupported } from './errors.ts'

export interface Planned {
  /** What is copied, as a source. */
  readonly source: Source
  readonly plan: SnapshotPlan
}

export interface Planning {
  readonly source: Source
  readonly configured: LoadedSource
  /** Told what is looked for, in words. */
  tell(what: string): void
}

/** Chooses what is copied of a source; all of it where the operator asks for no part. Copies nothing. */
export async function planCopy(planning: Planning, signal: AbortSignal): Promise<Planned> {
  const { source, configured, tell } = planning
  const { name, subset: asked, kind } = configured
  if (asked === undefined) {
    const tables = answeringTables(source.tables).map((table) => {
      const rows = Math.round(table.estimatedRows)
      return { table: tableKey(table), why: ['whole'], rows, of: rows, cut: 0 }
    })
    return { source, plan: { source: name, subset: false, ...summed(tables) } }
  }
  if (source.subset === undefined) throw subsetUnsupported(name, kind)
  const likeness = asked.follow.like ? await likenessOf(configured) : []
  const subset = subsetOf(asked, likeness)
  const chosen = await source.subset({ subset, tell }, signal)
  return { source: chosen.source, plan: { source: name, subset: true, ...summed(chosen.tables) } }
}

function summed(tables: readonly PlannedTable[]) {
  const sum = (which: 'rows' | 'of') => tables.reduce((total, table) => total + table[which], 0)
  return { rows: sum('rows'), of: sum('of'), tables: [...tables] }
}

function subsetOf(asked: SubsetConfig, likeness: readonly Likeness[]): Subset {
  const { roots, follow, whole, empty, rest } = asked
  return {
    ...{ depth: follow.depth, perParent: follow.perParent, rest, likeness },
    roots: Object.entries(roots).map(([table, { where, sample, limit }]) => ({
      ...{ table: named(table), where, limit },
      samplePercent: sample === undefined ? undefined : Number(sample.slice(0, -1)),
    })),
    whole: whole.map(named),
    empty: empty.map(named),
  }
}

/** The configuration takes no other names. */
const named = (key: string) => parseTableKey(key) as TableRef

async function likenessOf(configured: LoadedSource): Promise<readonly Likeness[]> {
  const { name, policyPath } = configured
  const text = await readPolicy(configured)
  if (text === undefined) throw policyMissing(name, policyPath)
  const { policy } = parsePolicyFile(text, policyPath)
  return Object.entries(policy).flatMap(([key, columns]) =>
    Object.entries(columns).flatMap(([column, { like = [] }]) =>
      like.map((to) => ({ from: { table: named(key), column }, to })),
    ),
  )
}
