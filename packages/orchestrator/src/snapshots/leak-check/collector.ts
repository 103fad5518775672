import { Digests, type SampleBits, shortest } from '../../fingerprints/fingerprints.ts'
import type { StrategyName } from '../../masking/masking.ts'
import { eachLeaf, type MaskedColumn } from './leaves.ts'
import { weigh, weights } from './telling.ts'

/** A column in the order of a COPY stream, with its answer. */
export type AnsweredColumn = MaskedColumn

/** What is agreed with the leak check before a table's columns are masked. */
export interface Announced {
  /** Their first number. */
  readonly first: number
  readonly sampleBits: SampleBits
}

/** Of the columns of one table, numbered from `first` on: fingerprints, and how many values there were. */
export interface Collected {
  readonly first: number
  readonly digests: Uint32Array<ArrayBuffer>
  readonly totals: readonly number[]
  /** Values that by the rule are not looked for. */
  readonly tooShort: number
  readonly plain: number
}

const columnBits = 20
const labelFor = (column: number, weight: number) => (weight << columnBits) | column
/** Of the first registered secret; the others follow. */
export const firstRegistered = labelFor(0, weights.indexOf('registered'))
export const columnOf = (label: number) => label & (2 ** columnBits - 1)
export const weightOf = (label: number) => weights[label >>> columnBits]

/** Fingerprints what is masked, in the thread that masks it. */
export class Collector {
  readonly #first: number
  readonly #columns: ReadonlyMap<string, { readonly column: AnsweredColumn; readonly at: number }>
  readonly #digests: Digests
  #totals: number[]
  #leftOut = { tooShort: 0, plain: 0 }

  constructor(columns: readonly AnsweredColumn[], { first, sampleBits }: Announced) {
    this.#first = first
    this.#digests = new Digests(sampleBits)
    this.#columns = new Map(columns.map((column, at) => [column.shape.name, { column, at }]))
    this.#totals = columns.map(() => 0)
  }

  /** Lent a column's value, decoded, before it is masked. */
  add(name: string, value: Uint8Array): void {
    const known = this.#columns.get(name)
    if (known === undefined) throw new RangeError(`no column ${name} was announced`)
    eachLeaf(known.column, value, (leaf, strategy) => this.#addLeaf(known.at, strategy, leaf))
  }

  /** What was added since the last time. */
  take(): Collected {
    const totals = this.#totals
    const leftOut = this.#leftOut
    this.#totals = totals.map(() => 0)
    this.#leftOut = { tooShort: 0, plain: 0 }
    return { first: this.#first, digests: this.#digests.take(), totals, ...leftOut }
  }

  #addLeaf(at: number, strategy: StrategyName, value: Uint8Array): void {
    this.#totals[at] = (this.#totals[at] as number) + 1
    const weight = weigh(strategy, value)
    if (weight === null) this.#leftOut[value.length < shortest ? 'tooShort' : 'plain']++
    else this.#digests.add(value, labelFor(this.#first + at, weights.indexOf(weight)))
  }
}
