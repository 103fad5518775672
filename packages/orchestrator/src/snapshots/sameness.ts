import { CopyFields } from './leak-check/copy-fields.ts'
import type { AnsweredColumn } from './leak-check/leak-check.ts'

const rowsCompared = 500
const fewest = 20
const fewestDistinct = 5
/** Strategies that may give a value back as it was: an enum has few values, a document is masked in part. */
const mayStay = new Set(['keep', 'null', 'enum', 'json'])

/**
 * Holds the first rows of a table beside what became of them, and tells which columns came through
 * unchanged although they are masked. What it holds is gone with it, at the latest after those rows.
 */
export class Sameness {
  readonly #columns: readonly AnsweredColumn[]
  readonly #before: Column[]
  readonly #after: Column[]
  readonly #raw: CopyFields
  readonly #masked: CopyFields

  constructor(columns: readonly AnsweredColumn[]) {
    this.#columns = columns
    const watched = columns.map(({ strategy }) => !mayStay.has(strategy.name))
    this.#before = columns.map(() => [])
    this.#after = columns.map(() => [])
    this.#raw = reader(watched, this.#before)
    this.#masked = reader(watched, this.#after)
  }

  before(chunk: Buffer): void {
    if (this.#raw.rows < rowsCompared) this.#raw.push(chunk)
  }

  after(chunk: Buffer): void {
    if (this.#masked.rows < rowsCompared) this.#masked.push(chunk)
  }

  /** Names of the columns that are as they were. */
  unchanged(): string[] {
    const names = this.#columns
      .filter((_, index) => isUnchanged(this.#before[index] ?? [], this.#after[index] ?? []))
      .map(({ shape }) => shape.name)
    for (const values of [...this.#before, ...this.#after]) values.length = 0
    return names
  }
}

/** A row's number, where the value is not NULL, and the value. */
type Column = (readonly [number, string])[]

function reader(watched: readonly boolean[], columns: readonly Column[]): CopyFields {
  const fields: CopyFields = new CopyFields(watched, (column, value) => {
    if (fields.rows < rowsCompared) columns[column]?.push([fields.rows, value.toString('latin1')])
  })
  return fields
}

function isUnchanged(before: Column, after: Column): boolean {
  const masked = new Map(after)
  const pairs = before.filter(([row]) => masked.has(row))
  if (pairs.length < fewest || new Set(pairs.map(([, value]) => value)).size < fewestDistinct)
    return false
  const same = pairs.filter(([row, value]) => masked.get(row) === value).length
  return same >= pairs.length * 0.9
}
