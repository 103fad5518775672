import { latin1Of, type Mask, type MaskContext, sliceOf, textOf } from './mask.ts'
import { anyNumber } from './number-limits.ts'
import type { Scramble, Scrambling } from './scramble.ts'
import { secretMask } from './secret.ts'

const oneNumber = /^[-+]?\p{Sc}?\d[\d.,]*(?:e[-+]?\d+)?$/iu
const notNumber = /^-?(?:NaN|Infinity)$/
/** What stands before the digits that count, those digits, and the exponent. */
const parts = /^([^1-9e]*)([^e]*)(.*)$/i

/** Numbers with an exponent or a currency; what is no number is masked as a secret. */
export function unusualNumberMask(context: MaskContext, scramble: Scramble): Mask {
  const other = secretMask(context)
  return (value, out) => {
    const text = latin1Of(value)
    if (notNumber.test(text)) return out.ascii(text)
    const [, before = '', digits = '', exponent = ''] = parts.exec(text) ?? []
    if (!oneNumber.test(textOf(value))) return other(value, out)
    out.latin1(before)
    scramble.write(sliceOf(digits), exponent ? within(before, digits, exponent) : anyNumber, out)
    out.ascii(exponent)
  }
}

/** The largest finite real; a double’s is where JavaScript’s numbers end. */
const largestReal = 3.4028235e38

/** Stays within the finite numbers of every type that holds it. */
function within(before: string, digits: string, exponent: string): Scrambling {
  const sizeOf = (significand: string) => Math.abs(Number(`${before}${significand}${exponent}`))
  const size = sizeOf(digits)
  // A numeric may be beyond both, and has no limit there.
  if (!Number.isFinite(size) || size === 0) return anyNumber
  const isReal = size <= largestReal
  return {
    ...anyNumber,
    accept: (masked) => {
      const other = sizeOf(latin1Of(masked))
      return other !== 0 && other !== Infinity && other <= largestReal === isReal
    },
  }
}
