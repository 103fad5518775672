import { elementType, kindOf } from '../column-kind.ts'
import type { ColumnShape, DistinctRule, Policy, Strategy, TableShape } from '../shapes.ts'
import { isUnique } from './closure.ts'
import { isMasked, strategyFor } from './names.ts'

export interface Broken {
  readonly column: string
  readonly problem: string
  readonly fix: string
}

/** What a table promises of its rows and answers for its columns would not keep. */
export function* brokenPromises(table: TableShape, policy: Policy): Generator<Broken> {
  for (const column of table.columns) {
    const strategy = strategyFor(policy, table, column.name)
    if (column.generated || !strategy || !isMasked(strategy)) continue
    for (const broken of [
      byRule(table, column, strategy),
      byPartition(table, column),
      byBlur(table, column, strategy),
      byMissingKey(table, strategy),
    ])
      if (broken) yield { column: column.name, ...broken }
  }
  yield* copiedWords(table, policy)
}

type Found = Omit<Broken, 'column'> | undefined

function byRule({ rules = [] }: TableShape, { name }: ColumnShape, strategy: Strategy): Found {
  for (const rule of rules) {
    const promise = promiseOf(rule, name, strategy)
    if (promise) return { problem: promise, fix: 'Answer keep, or drop the index from the source.' }
  }
  return undefined
}

function promiseOf(rule: DistinctRule, column: string, { name }: Strategy): string | undefined {
  if (name === 'null' && rule.nullness.includes(column))
    return `decides by being NULL which rows ${rule.name} keeps apart, and null would make them alike.`
  if (rule.opaque.includes(column))
    return `stands in ${rule.name}, inside an expression or condition that masked values may not keep.`
  return undefined
}

function byPartition({ partitionOf }: TableShape, { name }: ColumnShape): Found {
  if (!partitionOf || partitionOf.total || !partitionOf.key.includes(name)) return undefined
  return {
    problem: 'decides which partition a row is in, and a masked value may find none.',
    fix: 'Answer keep, or give the table a default partition in the source.',
  }
}

/** Dates that move together may meet. */
function byBlur(table: TableShape, column: ColumnShape, strategy: Strategy): Found {
  const moves = strategy.shiftBy !== undefined || kindOf(column) === 'range'
  if (strategy.name !== 'date' || !moves || !isUnique(table, column.name)) return undefined
  return {
    problem: 'stands in a unique index, and dates that are shifted may become equal.',
    fix: 'Answer keep, or plain date where it is no range.',
  }
}

function byMissingKey(table: TableShape, { shiftBy }: Strategy): Found {
  const key = table.columns.find(({ name }) => name === shiftBy)
  if (shiftBy === undefined || (key && !key.generated)) return undefined
  return {
    problem: `is shifted by ${shiftBy}, which ${key ? 'the server computes' : 'the table does not have'}.`,
    fix: 'Name a column of the same table, such as its key.',
  }
}

/** A tsvector holds the words of the columns beside it. */
function* copiedWords(table: TableShape, policy: Policy): Generator<Broken> {
  const kept = table.columns.filter(
    (column) =>
      elementType(column) === 'tsvector' &&
      strategyFor(policy, table, column.name)?.name === 'keep',
  )
  if (kept.length === 0 || !table.columns.some((column) => isHiddenText(table, column, policy)))
    return
  for (const { name } of kept)
    yield {
      column: name,
      problem: 'is a tsvector, which would carry over the words of masked columns beside it.',
      fix: 'Answer text; a generated column, or one that tsvector_update_trigger fills, is made anew.',
    }
}

function isHiddenText(table: TableShape, column: ColumnShape, policy: Policy): boolean {
  const strategy = strategyFor(policy, table, column.name)
  const kind = kindOf(column)
  return (kind === 'string' || kind === 'json') && strategy !== undefined && isMasked(strategy)
}
