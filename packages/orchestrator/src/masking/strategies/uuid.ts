import type { Slice } from '../prf/siphash.ts'
import { type Alphabet, lowerHexadecimal, upperHexadecimal } from './alphabets.ts'
import { isDigit } from './characters.ts'
import type { Mask, MaskContext } from './mask.ts'
import { Scramble, type Scrambling } from './scramble.ts'
import { secretMask } from './secret.ts'

/** A way to write the 32 digits: a flag where a dash stands, and how either case is scrambled. */
interface Form {
  readonly dashes: Uint8Array
  readonly lower: Scrambling
  readonly upper: Scrambling
}

/** Bits, to be gathered without a branch: whether a digit is a letter is chance. */
const Kind = { lower: 1, upper: 2, other: 4, dash: 8 } as const

const kindOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (isDigit(byte)) return 0
  if (byte === 0x2d) return Kind.dash
  if (byte >= 0x61 && byte <= 0x66) return Kind.lower
  return byte >= 0x41 && byte <= 0x46 ? Kind.upper : Kind.other
})

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
    const kind = kindOf[bytes[at] as number] as number
    if ((kind & Kind.dash) !== form.dashes[at - start]) return undefined
    seen |= kind
  }
  const letters = seen & ~Kind.dash
  if (letters === Kind.lower || letters === 0) return form.lower
  return letters === Kind.upper ? form.upper : undefined
}

function formOfLength(length: number): Form | undefined {
  if (length === 36) return withDashes
  return length === 32 ? without : undefined
}

/** `v` marks the digits of version and variant. */
function formOf(pattern: string): Form {
  const placesOf = (mark: string, flag: number) =>
    Uint8Array.from(pattern, (each) => (each === mark ? flag : 0))
  const fixed = placesOf('v', 1)
  const scrambling = (alphabet: Alphabet) => ({ alphabet, fixed })
  return {
    dashes: placesOf('-', Kind.dash),
    lower: scrambling(lowerHexadecimal),
    upper: scrambling(upperHexadecimal),
  }
}
