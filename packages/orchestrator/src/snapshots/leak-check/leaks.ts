import type { LeakCoverage } from '@stuntdouble/sdk/wire'
import {
  type Entry,
  FingerprintSearch,
  Fingerprints,
  type SharedFingerprints,
} from '../../fingerprints/fingerprints.ts'
import { type Strategy, type TableShape, tableKey } from '../../masking/masking.ts'
import type { Registered } from '../../secrets/secrets.ts'
import type { SchemaStatement } from '../../sources/sources.ts'
import {
  type Announced,
  type AnsweredColumn,
  type Collected,
  columnOf,
  firstRegistered,
  weightOf,
} from './collector.ts'
import { isKept } from './leaves.ts'
import type { FoundInRows } from './row-search.ts'
import { type SeenShape, ShapesSeen } from './shapes-seen.ts'
import type { Sighting } from './sightings.ts'
import type { Weight } from './telling.ts'

export interface SearchedFile {
  readonly path: string
  readonly isPristine: boolean
}

export interface FoundInFile {
  readonly entries: Uint32Array
  /** That were searched. */
  readonly bytes: number
}

/**
 * Values looked for at most: three quarters of 2²⁰ places of 28 bytes. With three million, looking for them
 * cost three times as much, for no cache held them.
 */
const usualCapacity = 786_432

const seenByName = 1
const seenPristine = 2

export interface LeakCheckOptions {
  readonly capacity?: number
  /** Looked for as well, in the same reading. */
  readonly registered?: Registered
}

/**
 * Remembers fingerprints of what was masked, and judges where they are seen again in the copy: in its
 * columns, and in its files. Reading, fingerprinting and searching happen in other threads. First
 * everything is taken, then rows and statements are searched, then files, pristine ones first.
 */
export class LeakCheck {
  readonly #values: Fingerprints
  readonly #registered: Registered | undefined
  /** Columns that are masked, and places that were searched, by number. */
  readonly #columns: string[] = []
  readonly #strategies: Strategy[] = []
  readonly #totals: number[] = []
  readonly #seen = new Map<string, Sighting>()
  readonly #shapes = new ShapesSeen()
  readonly #counted = { values: 0, tooShort: 0, plain: 0, bytes: 0 }
  #flags = new Uint8Array(0)

  constructor({ capacity = usualCapacity, registered }: LeakCheckOptions = {}) {
    this.#registered = registered
    this.#values = new Fingerprints({
      ...{ capacity, firstPin: firstRegistered },
      pins: registered?.pins,
    })
  }

  /** One value in how many is looked for. */
  get sampledOneIn(): number {
    return this.#values.sampledOneIn
  }

  /** For the threads that search, once everything is taken. */
  get shared(): SharedFingerprints {
    return this.#values.shared
  }

  /** Numbers a table's columns, in their order. */
  announce(table: TableShape, columns: readonly AnsweredColumn[]): Announced {
    const first = this.#columns.length
    for (const { shape, strategy } of columns) {
      this.#columns.push(`${tableKey(table)}.${shape.name}`)
      this.#strategies.push(strategy)
      this.#totals.push(0)
    }
    return { first, sampleBits: this.#values.sampleBits }
  }

  /** What was masked of announced columns. */
  take({ first, digests, totals, tooShort, plain }: Collected): void {
    this.#values.addAll(digests)
    this.#counted.tooShort += tooShort
    this.#counted.plain += plain
    for (const [at, total] of totals.entries()) {
      this.#totals[first + at] = (this.#totals[first + at] as number) + total
      this.#counted.values += total
    }
  }

  /** What a search found in a table's rows. */
  sawInRows(table: TableShape, columns: readonly AnsweredColumn[], found: FoundInRows): void {
    const { hits, shapes, bytes } = found
    this.#counted.bytes += bytes
    for (const { column, what, times } of shapes) {
      this.#shapes.add({ where: `${tableKey(table)}.${column}`, what, times })
    }
    for (let at = 0; at < hits.length; at += 2) {
      const { shape, strategy } = columns[hits[at] as number] as AnsweredColumn
      const place = isKept(strategy) ? 'kept' : 'masked'
      this.#sight(hits[at + 1] as Entry, place, `${tableKey(table)}.${shape.name}`)
    }
  }

  /** What a search found in a file of the cluster. What a pristine one holds, every cluster holds. */
  sawInFile({ path, isPristine }: SearchedFile, { entries, bytes }: FoundInFile): void {
    this.#makeFlags()
    this.#counted.bytes += bytes
    for (const entry of entries) {
      const flags = this.#flags[entry] as number
      if (isPristine) this.#flags[entry] = flags | seenPristine
      else if (flags === 0) this.#sight(entry, 'outside', path)
    }
  }

  /** Looks at what an object of the schema was made with. */
  searchStatement({ what, sql }: SchemaStatement): void {
    const where = this.#withoutPeople(what)
    this.#search(sql, (entry) => this.#sight(entry, 'schema', where))
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
      tooCommon: this.#values.countWhere((entry) => this.#isCommon(entry)),
      sampledOneIn: this.sampledOneIn,
    }
  }

  #search(text: string, onHit: (entry: Entry) => void): void {
    new FingerprintSearch(this.shared).search(Buffer.from(text), onHit)
  }

  #makeFlags(): void {
    if (this.#flags.length < this.#values.slots) this.#flags = new Uint8Array(this.#values.slots)
  }

  #sight(entry: Entry, place: Sighting['place'], where: string): void {
    this.#makeFlags()
    if (place !== 'outside') this.#flags[entry] = (this.#flags[entry] as number) | seenByName
    const weight = this.#weightOf(entry)
    const from = this.#fromOf(entry)
    const key = `${from}:${weight}:${place}:${place === 'outside' ? '' : where}`
    const before = this.#seen.get(key)
    this.#seen.set(key, {
      ...{ from, weight, place },
      where: before?.where ?? (weight === 'registered' ? this.#withoutPeople(where) : where),
      times: (before?.times ?? 0) + 1,
    })
  }

  #fromOf(entry: Entry): string {
    const label = this.#values.label(entry)
    if (label < firstRegistered) return this.#columns[columnOf(label)] ?? ''
    const { name, encoding } = this.#registered?.sought[label - firstRegistered] ?? {}
    return `the registered secret "${name}", ${encoding},`
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
    this.#search(text, (entry) => {
      tells ||= !['word', 'name'].includes(this.#weightOf(entry))
    })
    return tells
  }

  #weightOf(entry: Entry): Weight {
    if (this.#isCommon(entry)) return 'word'
    return weightOf(this.#values.label(entry)) ?? 'telling'
  }

  /** A value that a hundredth of all rows share says nothing of one person; an e-mail address does. */
  #isCommon(entry: Entry): boolean {
    const label = this.#values.label(entry)
    if (label >= firstRegistered) return false
    const number = columnOf(label)
    const times = this.#values.count(entry)
    const isEmail = this.#strategies[number]?.name === 'email'
    return !isEmail && times >= 100 && times * 100 >= (this.#totals[number] as number)
  }
}
