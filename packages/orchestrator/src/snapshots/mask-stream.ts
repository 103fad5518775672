import { Transform, type TransformCallback } from 'node:stream'
import type { CopyMasker } from '../masking/masking.ts'

export interface MaskStreamOptions {
  readonly masker: CopyMasker
  /** Hears the rows before they are masked, and after. The bytes are only lent. */
  readonly onBefore: (chunk: Buffer) => void
  readonly onAfter: (chunk: Buffer) => void
  readonly onRows: (rows: number) => void
}

/** Real rows in, masked rows out, at the pace of the slower side. */
export function maskStream({ masker, onBefore, onAfter, onRows }: MaskStreamOptions): Transform {
  let told = 0
  const step = (work: () => Buffer, done: TransformCallback) => {
    try {
      const masked = work()
      onAfter(masked)
      onRows(masker.rows - told)
      told = masker.rows
      done(null, masked.length > 0 ? masked : undefined)
    } catch (cause) {
      done(cause as Error)
    }
  }

  return new Transform({
    transform: (chunk: Buffer, _, done) =>
      step(() => {
        onBefore(chunk)
        return masker.push(chunk)
      }, done),
    flush: (done) => step(() => masker.end(), done),
  })
}
