import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Finding } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../config/config.ts'
import {
  answeringTable,
  answeringTables,
  changesSince,
  columnKey,
  isMasked,
  type MaskerRequest,
  type Pin,
  type Policy,
  parsePolicyFile,
  policyProblems,
  type Strategy,
  strategyFor,
  superfluous,
  type TableRef,
  type TableShape,
  tableKey,
  unanswered,
} from '../masking/masking.ts'
import {
  policyMissing,
  policyOutdated,
  policyUnanswered,
  policyUnfit,
  policyUnreadable,
} from './errors.ts'
import type { AnsweredColumn } from './leak-check/leak-check.ts'

/** A masking policy that answers for every column of the tables it was held against. */
export interface Answers {
  /** SHA-256 of the policy file. */
  readonly digest: string
  readonly findings: readonly Finding[]
  strategyOf(table: TableRef, column: string): Strategy | undefined
  /** What is copied of a table, in a stable order: everything but what the server computes. */
  columnsOf(table: TableShape): readonly AnsweredColumn[]
  /** Where a table’s rows are written: through what it is a partition of, where masking may move them. */
  destinationOf(table: TableShape): TableRef
  /** How streams of those columns in that order are masked. */
  maskingOf(table: TableShape): MaskerRequest
}

export interface AnswersRequest {
  readonly configured: LoadedSource
  readonly shapes: readonly TableShape[]
  readonly key: Buffer
}

/** Throws `policy_unanswered` naming every column, or `config_invalid` naming what does not fit. */
export async function readAnswers(request: AnswersRequest): Promise<Answers> {
  const { configured, key } = request
  const shapes = answeringTables(request.shapes)
  const { name, policyPath } = configured
  const text = await readPolicy(configured)
  if (text === undefined) throw policyMissing(name, policyPath)
  const { policy, pin } = parsePolicyFile(text, policyPath)
  checkPolicy(name, shapes, { policy, pin })

  const columnsOf = (table: TableShape) => answeredColumns(table, policy)
  return {
    digest: createHash('sha256').update(text).digest('hex'),
    findings: pin === undefined ? [unpinned] : [],
    strategyOf: (table, column) => strategyFor(policy, table, column),
    columnsOf,
    destinationOf: (table) => destinationOf(table, policy),
    maskingOf: (table) => {
      const columns = columnsOf(table).map((column) => column.shape.name)
      const shape = { ...table, ...answeringTable(table) }
      return { shape, columns, policy, shapes, key }
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

const unpinned: Finding = {
  severity: 'info',
  where: 'masking policy',
  message: 'It does not say for which schema it was reviewed; `sandbox data review --update` does.',
}

function checkPolicy(
  name: string,
  shapes: readonly TableShape[],
  { policy, pin = {} }: { readonly policy: Policy; readonly pin: Pin | undefined },
): void {
  const open = unanswered(shapes, policy)
  if (open.length > 0) {
    throw policyUnanswered(
      name,
      open.map(({ table, column }) => `${tableKey(table)}.${column}`),
    )
  }
  const gone = superfluous(shapes, policy).map(columnKey)
  const changes = new Set([
    ...changesSince(pin, shapes),
    ...gone.map((column) => `${column} is gone`),
  ])
  if (changes.size > 0) throw policyOutdated(name, [...changes].sort())
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
    const strategy = strategyFor(policy, answeringTable(table), shape.name)
    return shape.generated || strategy === undefined ? [] : [{ shape, strategy }]
  })
}

function destinationOf(table: TableShape, policy: Policy): TableRef {
  const { partitionOf } = table
  const moves = partitionOf?.key.some((column) => {
    const strategy = strategyFor(policy, partitionOf, column)
    return strategy !== undefined && isMasked(strategy)
  })
  return moves && partitionOf ? partitionOf : table
}
