import type { ReviewColumn } from '@stuntdouble/sdk/wire'
import {
  type ColumnShape,
  type Pin,
  type Policy,
  type PolicyProblem,
  type ProposedAnswer,
  policyProblems,
  renderStrategy,
  type Strategy,
  strategyFor,
  superfluous,
  type TableRef,
  type TableShape,
  tableKey,
} from '../masking/masking.ts'

export interface Proposal {
  readonly shapes: readonly TableShape[]
  readonly answers: readonly ProposedAnswer[]
  readonly existing: Policy
  /** What the existing answers were given for. */
  readonly pin?: Pin | undefined
}

export interface Merged {
  /** Existing answers that still fit. */
  readonly standing: Policy
  readonly columns: readonly ReviewColumn[]
}

/**
 * What a person answered stands, unless no build would accept it any more: then the proposal takes its
 * place, marked as changed and to be looked at.
 */
export function mergePolicy({ shapes, answers, existing, pin = {} }: Proposal): Merged {
  const problems = byColumn(policyProblems(shapes, existing))
  const standing = without(existing, problems)
  const proposed = byColumn(answers)

  const columns = shapes.flatMap((table) =>
    table.columns
      .filter(({ generated }) => !generated)
      .flatMap((shape) => {
        const id = idOf(table, shape.name)
        const [answer, problem] = [proposed.get(id), problems.get(id)]
        const stands = strategyFor(standing, table, shape.name)
        const was = pin[tableKey(table)]?.[shape.name] ?? shape.type
        if (stands)
          return [column(table, shape, { strategy: stands, ...standingSince(was, shape) })]
        if (!answer) return []
        return [column(table, shape, problem ? replacing(answer, problem) : added(answer))]
      }),
  )
  return { standing, columns: [...columns, ...removed(shapes, existing)] }
}

type Answered = Pick<ReviewColumn, 'reason' | 'unsure' | 'change'> & { readonly strategy: Strategy }

const answered = { reason: 'answered in the policy', unsure: false, change: 'same' } as const

const standingSince = (was: string, { type }: ColumnShape) =>
  was === type
    ? answered
    : {
        reason: `its type was ${was}: look whether the answer still serves`,
        unsure: true,
        change: 'changed' as const,
      }

const added = ({ strategy, reason, unsure }: ProposedAnswer): Answered => ({
  ...{ strategy, reason, unsure },
  change: 'added',
})

const replacing = ({ strategy }: ProposedAnswer, { problem, fix }: PolicyProblem): Answered => ({
  strategy,
  reason: `the answer given ${problem} ${fix}`,
  unsure: true,
  change: 'changed',
})

const column = (table: TableShape, shape: ColumnShape, answer: Answered): ReviewColumn => ({
  ...answer,
  table: tableKey(table),
  column: shape.name,
  type: shape.type,
  strategy: renderStrategy(answer.strategy),
})

const removed = (shapes: readonly TableShape[], existing: Policy): ReviewColumn[] =>
  superfluous(shapes, existing).map(({ table, column: name }) => ({
    table: tableKey(table),
    column: name,
    type: '',
    strategy: 'keep',
    reason: 'the source does not have it',
    unsure: false,
    change: 'removed',
  }))

function without(policy: Policy, problems: ReadonlyMap<string, unknown>): Policy {
  const fits = (table: string, name: string) => !problems.has(JSON.stringify([table, name]))
  return Object.fromEntries(
    Object.entries(policy).map(([table, columns]) => [
      table,
      Object.fromEntries(Object.entries(columns).filter(([name]) => fits(table, name))),
    ]),
  )
}

function byColumn<Item extends { readonly table: TableRef; readonly column: string }>(
  items: readonly Item[],
): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [idOf(item.table, item.column), item]))
}

const idOf = (table: TableRef, name: string) => JSON.stringify([tableKey(table), name])
