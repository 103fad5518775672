import type { ByteSink } from '../copy-text/byte-sink.ts'
import type { Keys } from '../prf/keys.ts'
import type { Slice } from '../prf/siphash.ts'
import type { Folding } from './folding.ts'

/**
 * Appends the masked form of one value: decoded, neither NULL nor empty, and lent for the call alone.
 * Deterministic, total (any bytes, also invalid UTF-8) and never an echo of what it should hide.
 */
export type Mask = (value: Slice, out: ByteSink) => void

/** A mask that looks at other fields of the row as well, as they stand in the source. */
export type BesideMask = (value: Slice, beside: readonly Slice[], out: ByteSink) => void

/** What the columns of one foreign-key class have room for, together. */
export interface Room {
  /** Characters. */
  readonly maxLength: number
  /** Different values must stay different. */
  readonly unique: boolean
  /** Some of them are compared without regard to case. */
  readonly caseless?: boolean
  /** How the store compares them, where that is not byte by byte. */
  readonly folding?: Folding | undefined
}

export interface MaskContext {
  readonly keys: Keys
  readonly room: Room
  /** Type without modifier, of an element where the column is an array. */
  readonly baseType: string
}

export function sliceOf(text: string): Slice {
  const bytes = Buffer.from(text, 'utf8')
  return { bytes, start: 0, end: bytes.length }
}

export function textOf({ bytes, start, end }: Slice): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}

/** As the JavaScript engine’s cheapest view: one character per byte, nothing lost. */
export function latin1Of({ bytes, start, end }: Slice): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
