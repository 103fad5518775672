import { elementType, kindOf } from '../column-kind.ts'
import { type ColumnShape, type Strategy, type StrategyName, wordings } from '../shapes.ts'
import { distinctLength } from '../strategies/distinct.ts'
import { memberPath } from '../strategies/json-paths.ts'
import { shortestEmail } from '../strategies/online.ts'
import { fieldAnswer } from '../strategies/record.ts'
import { isGeometric } from '../strategies/strategies.ts'

interface Misfit {
  readonly problem: string
  readonly fix: string
}

const wording: ReadonlySet<StrategyName> = new Set(wordings)

/** Why a strategy cannot serve a column; undefined where it can. */
export function misfit(column: ColumnShape, strategy: Strategy): Misfit | undefined {
  const { name } = strategy
  if (name === 'null')
    return column.notNull
      ? { problem: 'is NOT NULL and cannot be answered with null.', fix: suggestion(column) }
      : undefined
  if (fits(column, name)) return inFields(column, strategy)
  return { problem: `is ${column.type}, which ${name} does not fit.`, fix: suggestion(column) }
}

/** Characters without which different values may meet in a column where they must not. */
export function neededLength(name: StrategyName): number {
  if (name === 'email') return shortestEmail
  if (name === 'phone' || name === 'postcode') return 0
  return wording.has(name) || name === 'text' ? distinctLength : 0
}

/** Of a composite: each path must name a field, and each answer serve it. */
function inFields(column: ColumnShape, { name, paths = {} }: Strategy): Misfit | undefined {
  const { fields } = column.category === 'array' ? (column.element ?? column) : column
  if (name !== 'json' || fields === undefined) return undefined
  const known = fields.map((field) => memberPath('$', field.name))
  const stray = Object.keys(paths).find((path) => !known.some((each) => path.startsWith(each)))
  if (stray !== undefined)
    return {
      problem: `is ${column.type}, which has no field ${stray}.`,
      fix: `Its fields are ${known.join(', ')}.`,
    }
  for (const field of fields) {
    const problem = misfit({ ...field, notNull: false }, fieldAnswer(field, paths))
    if (problem)
      return { ...problem, problem: `has a field ${field.name}, which ${problem.problem}` }
  }
  return undefined
}

function fits(column: ColumnShape, name: StrategyName): boolean {
  const type = elementType(column)
  const kind = kindOf(column)
  if (name === 'keep') return true
  if (name === 'enum') return kind === 'enum' || kind === 'boolean' || kind === 'string'
  if (kind === 'string') return name !== 'bytes'
  if (name === 'text') return type === 'tsvector' || type === 'xml' || type === 'ltree'
  if (name === 'number') return kind === 'number' || isGeometric(type)
  if (name === 'secret') return type.startsWith('macaddr')
  if (name === 'ip') return type === 'inet' || type === 'cidr'
  if (name === 'date') return (kind === 'datetime' && type !== 'interval') || isDateRange(column)
  if (name === 'bytes') return kind === 'binary'
  if (name === 'json') return kind === 'json' || kind === 'composite'
  return name === kind
}

function isDateRange({ category, element }: ColumnShape): boolean {
  const range = category === 'array' ? element : { category, element }
  return range?.category === 'range' && range.element?.category === 'datetime'
}

function suggestion(column: ColumnShape): string {
  const kind = kindOf(column)
  const masking: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'number',
    datetime: 'date',
    json: 'json',
    composite: 'json',
    binary: 'bytes',
    network: 'ip',
    uuid: 'uuid',
  }
  const options = [masking[kind], column.notNull ? undefined : 'null', 'keep']
  return `Answer ${options.filter((option) => option !== undefined).join(', or ')}.`
}
