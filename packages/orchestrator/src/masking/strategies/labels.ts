import { Choices } from '../prf/choices.ts'
import { writeDistinct } from './distinct.ts'
import { latin1Of, type Mask, type MaskContext, sliceOf } from './mask.ts'
import { writePseudoWord } from './pseudo-word.ts'

/** An ltree: each label becomes another, alike wherever it stands, so that ancestors stay ancestors. */
export function labelsMask({ keys }: MaskContext): Mask {
  const prf = keys('label')
  const choices = new Choices()
  return (value, out) => {
    for (const [index, label] of latin1Of(value).split('.').entries()) {
      if (index > 0) out.push(0x2e)
      prf.hash(sliceOf(label))
      writePseudoWord(choices.seed(prf.low, prf.high), { length: 6, casing: 'lower' }, out)
      out.push(0x5f)
      writeDistinct(prf, Number.MAX_SAFE_INTEGER, out)
    }
  }
}
