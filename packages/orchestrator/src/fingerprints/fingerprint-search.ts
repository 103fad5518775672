import { passes } from './blocked-filter.ts'
import { Candidates } from './candidates.ts'
import {
  again,
  briefOf,
  folded,
  foldedGram,
  intoA,
  intoB,
  shortest,
  stemLength,
  stemOf,
} from './hashes.ts'
import { isPin } from './pins.ts'
import type { Filters, SharedFingerprints } from './shared-fingerprints.ts'
import { type Entry, Slots } from './slots.ts'

type OnHit = (entry: Entry, start: number) => void

interface Lengths {
  readonly least: number
  readonly most: number
}

const nothing = new DataView(new ArrayBuffer(0))

/** Looks for any of the fingerprinted values in any bytes; in as many threads as there are. */
export class FingerprintSearch {
  readonly #values: SharedFingerprints
  readonly #slots: Slots
  readonly #brief: Lengths
  readonly #long: Lengths
  /** What is searched now. */
  #view: DataView = nothing
  readonly #candidates: Candidates
  #onHit: OnHit = () => {}

  constructor(values: SharedFingerprints) {
    this.#values = values
    this.#candidates = new Candidates(values)
    this.#slots = new Slots(values.slots)
    this.#brief = { least: shortest, most: stemLength - 1 }
    this.#long = { least: stemLength, most: values.lengths.lastIndexOf(1) }
  }

  /** Calls `onHit` for every value that stands in `bytes`, in their order, where it begins before `limit`. */
  search(bytes: Uint8Array, onHit: OnHit, limit = bytes.length): void {
    const { stems, briefs } = this.#values
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#onHit = onHit
    this.#candidates.find(this.#view, limit, (at) => {
      this.#look(at, briefs, this.#briefAt(at))
      if (at + stemLength <= bytes.length) this.#look(at, stems, this.#stemAt(at))
    })
    this.#view = nothing
  }

  #briefAt(at: number): number {
    const view = this.#view
    return briefOf(foldedGram(view.getUint32(at, true)), foldedGram(view.getUint32(at + 2, true)))
  }

  #stemAt(at: number): number {
    const view = this.#view
    const first = foldedGram(view.getUint32(at, true))
    const fifth = foldedGram(view.getUint32(at + 4, true))
    return stemOf(first, fifth, foldedGram(view.getUint32(at + 8, true)))
  }

  #look(start: number, filters: Filters, beginning: number): void {
    const { certain, beginnings } = filters
    if (!passes(beginnings.words, beginnings.shift, beginning)) return
    if (!passes(certain.words, certain.shift, again(beginning))) return
    this.#compare(start, filters, filters === this.#values.briefs ? this.#brief : this.#long)
  }

  /** Compares what stands here with the values of the lengths that there may be. */
  #compare(start: number, { wholes }: Filters, { least, most }: Lengths): void {
    const { lengths } = this.#values
    const { words, shift } = wholes
    const view = this.#view
    const last = Math.min(most, view.byteLength - start)
    let a = 0
    let b = 0
    for (let length = 1; length <= last; length++) {
      const byte = folded[view.getUint8(start + length - 1)] as number
      a = intoA(a, byte)
      b = intoB(b, byte)
      if (length < least || lengths[length] === 0) continue
      if (!passes(words, shift, again(a))) continue
      const entry = this.#slots.find(a >>> 0, b >>> 0)
      if (this.#slots.isFree(entry) || this.#isOther(entry, start, length)) continue
      this.#onHit(entry, start)
    }
  }

  /** Whether what stands there only looks like a pin. */
  #isOther(entry: Entry, start: number, length: number): boolean {
    const { pins } = this.#values
    const label = this.#slots.label(entry)
    if (pins === undefined || label < pins.first) return false
    const { buffer, byteOffset } = this.#view
    return !isPin(pins, label, new Uint8Array(buffer, byteOffset + start, length))
  }
}
