import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Finding } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../config/config.ts'
import {
  type CopyMasker,
  compileMasker,
  type MaskerRequest,
  type Policy,
  parsePolicy,
  policyProblems,
  type Strategy,
  strategyFor,
  superfluous,
  type TableRef,
  type TableShape,
  tableKey,
  unanswered,
} from '../masking/masking.ts'
import { policyMissing, policyUnanswered, policyUnfit, policyUnreadable } from './errors.ts'
import type { AnsweredColumn } from './leak-check/leak-check.ts'

/** A masking policy that answers for every column of the tables it was held against. */
export interface Answers {
  /** SHA-256 of the policy file. */
  readonly digest: string
  readonly findings: readonly Finding[]
  strategyOf(table: TableRef, column: string): Strategy | undefined
  /** What is copied of a table, in a stable order: everything but what the server computes. */
  columnsOf(table: TableShape): readonly AnsweredColumn[]
  /** For one stream of those columns in that order. `onMasked` is lent every value before it is gone. */
  maskerFor(table: TableShape, onMasked: NonNullable<MaskerRequest['onMasked']>): CopyMasker
}

export interface AnswersRequest {
  readonly configured: LoadedSource
  readonly shapes: readonly TableShape[]
  readonly key: Buffer
}

/** Throws `policy_unanswered` naming every column, or `config_invalid` naming what does not fit. */
export async function readAnswers({ configured, shapes, key }: AnswersRequest): Promise<Answers> {
  const { name, policyPath } = configured
  const text = await readPolicy(configured)
  if (text === undefined) throw policyMissing(name, policyPath)
  const policy = parsePolicy(text, policyPath)
  checkPolicy(name, shapes, policy)

  const columnsOf = (table: TableShape) => answeredColumns(table, policy)
  return {
    digest: createHash('sha256').update(text).digest('hex'),
    findings: superfluous(shapes, policy).map(({ table, column }) => ({
      severity: 'info',
      where: `${tableKey(table)}.${column}`,
      message: 'the policy answers for a column that the source does not have',
    })),
    strategyOf: (table, column) => strategyFor(policy, table, column),
    columnsOf,
    maskerFor: (shape, onMasked) => {
      const columns = columnsOf(shape).map((column) => column.shape.name)
      return compileMasker({ shape, columns, policy, shapes, key, onMasked })
    },
  }
}

/** Undefined when there is none. */
export async function readPolicy({ name, policyPath }: LoadedSource): Promise<string | undefined> {
  try {
    return await readFile(policyPath, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw policyUnreadable(name, policyPath, cause)
  }
}

function checkPolicy(name: string, shapes: readonly TableShape[], policy: Policy): void {
  const open = unanswered(shapes, policy)
  if (open.length > 0) {
    throw policyUnanswered(
      name,
      open.map(({ table, column }) => `${tableKey(table)}.${column}`),
    )
  }
  const problems = policyProblems(shapes, policy)
  if (problems.length === 0) return
  throw policyUnfit(
    name,
    problems.map(
      ({ table, column, problem, fix }) => `${tableKey(table)}.${column} ${problem} ${fix}`,
    ),
  )
}

function answeredColumns(table: TableShape, policy: Policy): AnsweredColumn[] {
  return table.columns.flatMap((shape) => {
    const strategy = strategyFor(policy, table, shape.name)
    return shape.generated || strategy === undefined ? [] : [{ shape, strategy }]
  })
}
