import { createHmac, timingSafeEqual } from 'node:crypto'
import { Digests, labelAt, labelIn, wordsPerDigest } from './digests.ts'
import { folded, longest } from './hashes.ts'

/**
 * Values that are looked for among any others, however many those are: they are never sampled out, and
 * what looks like one is held against a keyed fingerprint before it counts.
 */
export interface Pins {
  readonly key: Uint8Array
  /** Labelled by their place, from 0. */
  readonly digests: Uint32Array
  readonly macs: readonly Uint8Array[]
}

/** Pins and the label of their first. */
export interface LabelledPins extends Pins {
  readonly first: number
}

export function pinsOf(values: readonly Uint8Array[], key: Uint8Array): Pins {
  const digests = new Digests()
  for (const [place, value] of values.entries()) digests.add(value, place)
  return { key, digests: digests.take(), macs: values.map((value) => macOf(key, value)) }
}

/** The digests as they stand in a set where the first pin has that label. */
export function labelled({ digests, first }: LabelledPins): Uint32Array {
  const moved = digests.slice()
  for (let at = labelAt; at < moved.length; at += wordsPerDigest)
    moved[at] = (moved[at] as number) + first
  return moved
}

/** Of the label in such a word. Whatever else is in the set has lower ones. */
export const isPinned = (word: number, pins: LabelledPins | undefined) =>
  pins !== undefined && labelIn(word) >= pins.first

/** Whether those bytes are the pin of that label. */
export const isPin = ({ key, macs, first }: LabelledPins, label: number, bytes: Uint8Array) =>
  timingSafeEqual(macOf(key, bytes), macs[label - first] as Uint8Array)

const macOf = (key: Uint8Array, value: Uint8Array) =>
  createHmac('sha256', key)
    .update(Uint8Array.from(value.subarray(0, longest), (byte) => folded[byte] as number))
    .digest()
