import type { Slice } from '../prf/siphash.ts'
import { type Alphabet, lowerHexadecimal, upperHexadecimal } from './alphabets.ts'
import { isDigit } from './characters.ts'
import type { Mask, MaskContext } from './mask.ts'
import { Scramble, type Scrambling } from './scramble.ts'
import { secretMask } from './secret.ts'

/** A way to write the 32 digits: where the dashes stand, and how each case of letters is scrambled. */
interface Form {
  readonly dashes: Uint8Array
  readonly lower: Scrambling
  readonly upper: Scrambling
}

const withDashes = formOf('xxxxxxxx-xxxx-vxxx-vxxx-xxxxxxxxxxxx')
const without = formOf('xxxxxxxxxxxxvxxxvxxxxxxxxxxxxxxx')

/** Version and variant stay where RFC 9562 puts them; braces, case and dashes as they were. */
export function uuidMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('uuid'))
  const other = secretMask(context)
  const core: Slice = { bytes: new Uint8Array(), start: 0, end: 0 }
  return (value, out) => {
    const { bytes, start, end } = value
    core.bytes = bytes
    core.start = bytes[start] === 0x7b ? start + 1 : start
    core.end = bytes[end - 1] === 0x7d ? end - 1 : end
    const scrambling = scramblingOf(core)
    if (!scrambling) return other(value, out)
    out.copy(bytes, start, core.start)
    scramble.write(core, scrambling, out)
    out.copy(bytes, core.end, end)
  }
}

/** Undefined where it is no UUID, or one in letters of both cases. */
function scramblingOf({ bytes, start, end }: Slice): Scrambling | undefined {
  const form = formOfLength(end - start)
  if (!form) return undefined
  let seen = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if ((byte === 0x2d) !== (form.dashes[at - start] === 1)) return undefined
    seen |= kindOf[byte] as number
  }
  if (seen === Kind.lower || seen === 0) return form.lower
  return seen === Kind.upper ? form.upper : undefined
}

function formOfLength(length: number): Form | undefined {
  if (length === 36) return withDashes
  return length === 32 ? without : undefined
}

/** Bits, to be gathered without a branch: whether a digit is a letter is chance. */
const Kind = { lower: 1, upper: 2, other: 4 } as const

const kindOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (isDigit(byte) || byte === 0x2d) return 0
  if (byte >= 0x61 && byte <= 0x66) return Kind.lower
  return byte >= 0x41 && byte <= 0x46 ? Kind.upper : Kind.other
})

/** `v` marks the digits of version and variant. */
function formOf(pattern: string): Form {
  const placesOf = (mark: string) => Uint8Array.from(pattern, (each) => (each === mark ? 1 : 0))
  const fixed = placesOf('v')
  const scrambling = (alphabet: Alphabet) => ({ alphabet, fixed })
  return {
    dashes: placesOf('-'),
    lower: scrambling(lowerHexadecimal),
    upper: scrambling(upperHexadecimal),
  }
}
