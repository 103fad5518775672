import type { LeakCoverage } from '@stuntdouble/sdk/wire'
import {
  type Strategy,
  type StrategyName,
  type TableShape,
  tableKey,
} from '../../masking/masking.ts'
import type { SchemaStatement } from '../../sources/sources.ts'
import { CopyFields } from './copy-fields.ts'
import { type Entry, Fingerprints, shortest } from './fingerprints.ts'
import { eachLeaf, fromHex, holdsText, isKept, type MaskedColumn } from './leaves.ts'
import { type SeenShape, ShapesSeen } from './shapes-seen.ts'
import type { Sighting } from './sightings.ts'
import { StreamSearch } from './stream-search.ts'
import { type Weight, weigh, weights } from './telling.ts'

/** A column in the order of a COPY stream, with its answer. */
export type AnsweredColumn = MaskedColumn

/** Lent a value of the named column. */
export type OnValue = (column: string, value: Uint8Array) => void

/** Takes a stream's bytes in any chunking. */
export interface Tap {
  push(chunk: Buffer): void
  end(): void
}

const columnBits = 20
const seenByName = 1
const seenPristine = 2

/**
 * Remembers fingerprints of what was masked, then looks for them in the copy: in its columns, and in
 * its files. Looks for values of six bytes or more that differ in at least four of them. First every
 * `collect`, then every `searchColumns`, then every `searchFile`.
 */
export class LeakCheck {
  readonly #values: Fingerprints
  /** Columns that are masked, and places that were searched, by number. */
  readonly #columns: string[] = []
  readonly #strategies: Strategy[] = []
  readonly #totals: number[] = []
  readonly #seen = new Map<string, Sighting>()
  readonly #shapes = new ShapesSeen()
  readonly #counted = { values: 0, tooShort: 0, plain: 0, bytes: 0 }
  #flags = new Uint8Array(0)

  constructor(options: { readonly capacity: number }) {
    this.#values = new Fingerprints(options)
  }

  /** One value in how many is looked for. */
  get sampledOneIn(): number {
    return this.#values.sampledOneIn
  }

  /** What to tell of every value of a table's masked columns, decoded, before it is masked. */
  collect(table: TableShape, columns: readonly AnsweredColumn[]): OnValue {
    const known = new Map(
      columns.map((column) => [column.shape.name, { column, number: this.#number(table, column) }]),
    )
    return (name, value) => {
      const { column, number } = known.get(name) ?? unknownColumn(name)
      eachLeaf(column, value, (leaf, strategy) => this.#add(number, strategy, leaf))
    }
  }

  /** Listens to a table's rows as they stand in the copy. */
  searchColumns(table: TableShape, columns: readonly AnsweredColumn[]): Tap {
    this.#readyToSearch()
    const searched = columns.map(({ shape, strategy }) => ({
      isBytes: shape.baseType === 'bytea',
      place: isKept(strategy) ? ('kept' as const) : ('masked' as const),
      where: `${tableKey(table)}.${shape.name}`,
    }))
    const wanted = columns.map(({ shape }) => holdsText(shape))
    const fields = new CopyFields(wanted, (index, field) => {
      const { isBytes, place, where } = searched[index] ?? unknownColumn(String(index))
      const value = isBytes ? fromHex(field) : field
      if (place === 'kept') this.#shapes.look(where, value)
      this.#values.search(value, (entry) => this.#sight(entry, place, where))
    })
    return this.#counting({ push: (chunk) => fields.push(chunk), end: () => {} })
  }

  /** Looks at what an object of the schema was made with. */
  searchStatement({ what, sql }: SchemaStatement): void {
    this.#readyToSearch()
    const where = this.#withoutPeople(what)
    this.#values.search(Buffer.from(sql), (entry) => this.#sight(entry, 'schema', where))
  }

  /** Listens to a file of the cluster. What a `pristine` one holds, every cluster holds. */
  searchFile(path: string, pristine: boolean): Tap {
    this.#readyToSearch()
    const search = new StreamSearch(this.#values, (entry) => {
      const flags = this.#flags[entry] as number
      if (pristine) this.#flags[entry] = flags | seenPristine
      else if (flags === 0) this.#sight(entry, 'outside', path)
    })
    return this.#counting(search)
  }

  get sightings(): readonly Sighting[] {
    return [...this.#seen.values()]
  }

  /** What looked like a person or a secret in the copy's columns. */
  get shapes(): readonly SeenShape[] {
    return this.#shapes.all
  }

  /** What was looked for, and what by the rule was not. */
  get coverage(): LeakCoverage {
    return {
      ...this.#counted,
      searched: this.#values.size,
      tooCommon: this.#values.countWhere((entry) => this.#isCommon(entry, this.#columnOf(entry))),
      sampledOneIn: this.sampledOneIn,
    }
  }

  #number(table: TableShape, { shape, strategy }: AnsweredColumn): number {
    this.#strategies.push(strategy)
    this.#totals.push(0)
    return this.#columns.push(`${tableKey(table)}.${shape.name}`) - 1
  }

  #add(number: number, strategy: StrategyName, value: Uint8Array): void {
    this.#totals[number] = (this.#totals[number] as number) + 1
    this.#counted.values++
    const weight = weigh(strategy, value)
    if (weight === null) this.#counted[value.length < shortest ? 'tooShort' : 'plain']++
    else this.#values.add(value, (weights.indexOf(weight) << columnBits) | number)
  }

  #counting(tap: Tap): Tap {
    const push = (chunk: Buffer) => {
      this.#counted.bytes += chunk.length
      tap.push(chunk)
    }
    return { push, end: () => tap.end() }
  }

  #readyToSearch(): void {
    if (this.#flags.length < this.#values.slots) this.#flags = new Uint8Array(this.#values.slots)
  }

  #sight(entry: Entry, place: Sighting['place'], where: string): void {
    if (place !== 'outside') this.#flags[entry] = (this.#flags[entry] as number) | seenByName
    const label = this.#values.label(entry)
    const number = this.#columnOf(entry)
    const weight = this.#weightOf(entry)
    const key = `${label}:${weight}:${place}:${place === 'outside' ? '' : where}`
    const before = this.#seen.get(key)
    this.#seen.set(key, {
      from: this.#columns[number] ?? '',
      weight,
      place,
      where: before?.where ?? where,
      times: (before?.times ?? 0) + 1,
    })
  }

  /** An object's name may itself be a person's: it is told up to there. */
  #withoutPeople(what: string): string {
    if (!this.#tells(what)) return what
    let end = what.length
    while (this.#tells(what.slice(0, end - 1))) end--
    let start = 0
    while (this.#tells(what.slice(start + 1, end))) start++
    return `${what.slice(0, start)}…`
  }

  #tells(text: string): boolean {
    let tells = false
    this.#values.search(Buffer.from(text), (entry) => {
      tells ||= !['word', 'name'].includes(this.#weightOf(entry))
    })
    return tells
  }

  #weightOf(entry: Entry): Weight {
    if (this.#isCommon(entry, this.#columnOf(entry))) return 'word'
    return weights[this.#values.label(entry) >>> columnBits] ?? 'telling'
  }

  #columnOf(entry: Entry): number {
    return this.#values.label(entry) & (2 ** columnBits - 1)
  }

  /** A value that a hundredth of all rows share says nothing of one person; an e-mail address does. */
  #isCommon(entry: Entry, number: number): boolean {
    const times = this.#values.count(entry)
    const isEmail = this.#strategies[number]?.name === 'email'
    return !isEmail && times >= 100 && times * 100 >= (this.#totals[number] as number)
  }
}

function unknownColumn(name: string): never {
  throw new RangeError(`no column ${name} was announced`)
}
