import { tableKey } from '../policy/names.ts'
import { proposePolicy } from '../propose/propose.ts'
import type { ColumnShape, Strategy, TableShape } from '../shapes.ts'
import { wildPart } from './group-names.ts'
import type { KeyPart } from './key-masker.ts'
import { textColumn } from './key-tables.ts'
import { isPlainWord } from './name-shape.ts'

/** Some keys that one pattern fits, with what they hold. Looked at in memory, and gone with it. */
export interface SampledKeys {
  readonly pattern: string
  /** The type of most of them. */
  readonly type: string
  readonly parts: readonly KeyPart[]
}

export interface ProposedValue {
  /** A pattern of fields; null for what is no hash. */
  readonly field: string | null
  readonly strategy: Strategy
  /** In words, without a value. */
  readonly reason: string
  readonly unsure: boolean
}

/** An answer for what the keys of a pattern hold, the safer one where unsure. */
export function proposeValues({ pattern, type, parts }: SampledKeys): readonly ProposedValue[] {
  const words = pattern.match(/[a-z_-]+(?![^{]*\})/gi) ?? ['key']
  const isHash = type === 'hash'
  // What stands before something wild is what the keys are called, not what they hold.
  const called = /[*}]$/.test(pattern) ? undefined : words.at(-1)
  const columns = isHash ? fieldsOf(parts) : new Map([[called ?? 'value', parts]])
  const names = [...columns.keys()]
  const samples = names.map((name) => (columns.get(name) ?? []).map(({ value }) => `${value}`))
  const table: TableShape = {
    ...{ schema: 'keys', name: words[0] ?? 'key', uniques: [], foreignKeys: [] },
    columns: names.map((name, index) => columnOf(name, samples[index] ?? [])),
    estimatedRows: parts.length,
  }
  const answers = proposePolicy([table], new Map([[tableKey(table), samples]]))
  return answers.map(({ column, strategy, reason, unsure }) => ({
    ...{ strategy: withoutNull(strategy), reason, unsure },
    field: isHash ? column : null,
  }))
}

/** Fields by their names, and those whose names may tell something by one wild pattern. */
function fieldsOf(parts: readonly KeyPart[]): ReadonlyMap<string, readonly KeyPart[]> {
  const byName = Map.groupBy(parts, ({ field }) => `${field ?? ''}`)
  const plain = [...byName].filter(([name]) => isPlainField(name))
  const others = [...byName].filter(([name]) => !isPlainField(name))
  if (plain.length > mostFields) return wildFields([...byName])
  return new Map([...plain, ...(others.length > 0 ? wildFields(others) : [])])
}

/** More are rather made of data than by a person. */
const mostFields = 60
const isPlainField = (name: string) => isPlainWord(name.replaceAll(/\d/g, ''))

const wildFields = (fields: readonly (readonly [string, readonly KeyPart[]])[]) =>
  new Map([[wildPart(fields.map(([name]) => name)).text, fields.flatMap(([, parts]) => parts)]])

function columnOf(name: string, values: readonly string[]): ColumnShape {
  const shape = textColumn(name, { name: 'keep' })
  const isJson = values.length > 0 && values.every(isDocument)
  return isJson ? { ...shape, type: 'jsonb', baseType: 'jsonb', category: 'json' } : shape
}

function isDocument(value: string): boolean {
  if (!/^\s*[[{]/.test(value)) return false
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}

/** There is no NULL in a key-value store. */
const withoutNull = (strategy: Strategy): Strategy =>
  strategy.name === 'null' ? { name: 'secret' } : strategy
