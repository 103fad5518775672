import { distinctLength, writeDistinct } from './distinct.ts'
import type { Mask, MaskContext } from './mask.ts'
import { writePseudoWord } from './pseudo-word.ts'
import { Coiner, readableMask } from './words.ts'

const streets = ['Street', 'Road', 'Avenue', 'Lane', 'Way', 'Square']
const firms = ['Ltd', 'Group', 'Labs', 'Partners', 'Works', 'Trading']

export function companyMask(context: MaskContext): Mask {
  const coiner = new Coiner(context.keys('company'), context.room)
  return readableMask(context, coiner.prf, (value, out) => {
    const choices = coiner.choicesFor(value)
    writePseudoWord(choices, { length: fit(context, 6 + choices.below(4)), casing: 'title' }, out)
    out.push(0x20)
    out.ascii(firms[choices.below(firms.length)] as string)
  })
}

/** A street line: number, name, kind of street. */
export function addressMask(context: MaskContext): Mask {
  const coiner = new Coiner(context.keys('address'), context.room)
  return readableMask(context, coiner.prf, (value, out) => {
    const choices = coiner.choicesFor(value)
    out.ascii(`${1 + choices.below(980)} `)
    writePseudoWord(choices, { length: 6 + choices.below(4), casing: 'title' }, out)
    out.push(0x20)
    out.ascii(streets[choices.below(streets.length)] as string)
  })
}

/** A city, a district, a region: a place of one word. */
export function cityMask(context: MaskContext): Mask {
  const coiner = new Coiner(context.keys('city'), context.room)
  return readableMask(context, coiner.prf, (value, out) => coiner.write(value, out))
}

/** A word and 64 bits, in lower case: fit for a login, a handle, a slug. */
export function usernameMask({ keys, room }: MaskContext): Mask {
  const prf = keys('username')
  const coiner = new Coiner(keys('username word'), room)
  return (value, out) => {
    const spare = Math.min(room.maxLength - distinctLength - 1, 8)
    if (spare >= 4) {
      const choices = coiner.choicesFor(value)
      writePseudoWord(
        choices,
        { length: Math.min(spare, 6 + choices.below(3)), casing: 'lower' },
        out,
      )
      out.push(0x5f)
    }
    prf.hash(value)
    writeDistinct(prf, room.maxLength, out)
  }
}

function fit({ room }: MaskContext, length: number): number {
  return Math.max(1, Math.min(length, room.maxLength))
}
