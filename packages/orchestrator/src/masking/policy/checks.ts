import type { ColumnRef, Policy, Strategy, TableRef, TableShape } from '../shapes.ts'
import { closureOf, isUnique, joins, lengthOf } from './closure.ts'
import { misfit, neededLength } from './fit.ts'
import { withLikenessKeys } from './likeness.ts'
import { isMasked, parseTableKey, strategyFor, tableKey } from './names.ts'
import { brokenPromises } from './promises.ts'
import { renderStrategy } from './render.ts'

export interface PolicyProblem extends ColumnRef {
  readonly problem: string
  readonly fix: string
}

/** Columns that nobody answered for. Generated ones are computed anew and need no answer. */
export function unanswered(shapes: readonly TableShape[], policy: Policy): readonly ColumnRef[] {
  return shapes.flatMap((table) =>
    table.columns
      .filter((column) => !column.generated && !strategyFor(policy, table, column.name))
      .map((column) => ({ table: refOf(table), column: column.name })),
  )
}

/** Answers for tables and columns that are gone. */
export function superfluous(shapes: readonly TableShape[], policy: Policy): readonly ColumnRef[] {
  const columns = new Map(
    shapes.map((table) => [tableKey(table), new Set(table.columns.map(({ name }) => name))]),
  )
  return Object.entries(policy).flatMap(([key, answers]) =>
    Object.keys(answers)
      .filter((column) => !columns.get(key)?.has(column))
      .map((column) => ({ table: parseTableKey(key) ?? { schema: '', name: key }, column })),
  )
}

/** Answers that would not work, or would break what the schema promises. None of them is built with. */
export function policyProblems(
  tables: readonly TableShape[],
  policy: Policy,
): readonly PolicyProblem[] {
  const shapes = withLikenessKeys(tables, policy)
  const broken = shapes.flatMap((table) =>
    [...brokenPromises(table, policy)].map((each) => ({ table: refOf(table), ...each })),
  )
  return [...unfit(shapes, policy), ...broken, ...split(shapes, policy)]
}

function* unfit(shapes: readonly TableShape[], policy: Policy): Generator<PolicyProblem> {
  const closure = closureOf(shapes)
  for (const table of shapes) {
    for (const column of table.columns) {
      const strategy = strategyFor(policy, table, column.name)
      if (column.generated || !strategy) continue
      const members = closure.classOf(table, column.name)
      const length = lengthOf(members)
      const unique = isUnique(table, column.name) || members.some((member) => member.unique)
      const problem = misfit(column, strategy) ?? (unique ? collision(strategy, length) : undefined)
      if (problem) yield { table: refOf(table), column: column.name, ...problem }
    }
  }
}

function collision(strategy: Strategy, maxLength: number) {
  if (strategy.name === 'json')
    return {
      problem: 'stands in a unique index, and masked documents may become equal.',
      fix: 'Answer keep, or drop the index from the source’s copy.',
    }
  const needed = neededLength(strategy.name)
  if (needed <= maxLength) return undefined
  return {
    problem: `must stay distinct, and ${strategy.name} needs ${needed} characters for that where ${maxLength} fit.`,
    fix: 'Answer secret, which keeps every value’s length and never collides, or keep.',
  }
}

/** Joined columns with different answers would no longer find each other. NULL refers to nothing. */
function* split(shapes: readonly TableShape[], policy: Policy): Generator<PolicyProblem> {
  for (const { from, to } of joins(shapes)) {
    const ours = strategyFor(policy, from.table, from.column)
    const theirs = strategyFor(policy, to.table, to.column)
    if (!ours || !theirs || ours.name === 'null' || sameMapping(ours, theirs)) continue
    const target = `${tableKey(to.table)}.${to.column}`
    yield {
      table: refOf(from.table),
      column: from.column,
      problem: `is ${renderStrategy(ours)}, but ${target}, which it refers to, is ${renderStrategy(theirs)}.`,
      fix: `Give ${tableKey(from.table)}.${from.column} and ${target} the same answer.`,
    }
  }
}

function sameMapping(one: Strategy, other: Strategy): boolean {
  if (!isMasked(one) && !isMasked(other)) return true
  const mapping = ({ like: _, ...strategy }: Strategy) => renderStrategy(strategy)
  return mapping(one) === mapping(other)
}

const refOf = ({ schema, name }: TableRef): TableRef => ({ schema, name })
