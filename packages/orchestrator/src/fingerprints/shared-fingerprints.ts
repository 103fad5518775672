import { type BlockedFilter, blockedFilter, mark } from './blocked-filter.ts'
import { again, gramBits, longest, stemLength } from './hashes.ts'
import type { LabelledPins } from './pins.ts'
import type { Entry, Slots } from './slots.ts'

/** What tells of values of one kind. */
export interface Filters {
  /** Asked for every byte: small enough for a core's own cache. */
  readonly beginnings: BlockedFilter
  /** Larger, and by another hash: asked only where the first one says yes. */
  readonly certain: BlockedFilter
  readonly wholes: BlockedFilter
}

/** What a search needs, in memory that threads share. */
export interface SharedFingerprints {
  /** Of `Slots`. */
  readonly slots: Uint32Array
  /** One bit for each gram near a value's beginning. */
  readonly grams: Uint32Array
  /** Values shorter than a stem are known by their first six bytes, the others by twelve. */
  readonly briefs: Filters
  readonly stems: Filters
  /** Which lengths there are. */
  readonly lengths: Uint8Array
  readonly pins?: LabelledPins | undefined
}

export function sharedFingerprints(slots: Slots): SharedFingerprints {
  const isBrief = (entry: Entry) => slots.valueLength(entry) < stemLength
  const briefs = filtersFor(slots, isBrief)
  const stems = filtersFor(slots, (entry) => !isBrief(entry))
  const lengths = new Uint8Array(new SharedArrayBuffer(longest + 1))
  const grams = new Uint32Array(new SharedArrayBuffer(2 ** (gramBits - 3)))
  for (const entry of slots.entries()) {
    lengths[slots.valueLength(entry)] = 1
    for (const bit of slots.grams(entry)) {
      grams[bit >>> 5] = (grams[bit >>> 5] as number) | (1 << bit)
    }
  }
  return { slots: slots.words, grams, briefs, stems, lengths }
}

function filtersFor(slots: Slots, isWanted: (entry: Entry) => boolean): Filters {
  let size = 0
  for (const entry of slots.entries()) if (isWanted(entry)) size++
  const beginnings = blockedFilter(size, 8)
  const certain = blockedFilter(size, 16)
  const wholes = blockedFilter(size, 8)
  for (const entry of slots.entries()) {
    if (!isWanted(entry)) continue
    mark(beginnings, slots.beginning(entry))
    mark(certain, again(slots.beginning(entry)))
    mark(wholes, again(slots.hash(entry)))
  }
  return { beginnings, certain, wholes }
}
