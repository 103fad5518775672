import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import type { Slice } from '../prf/siphash.ts'
import { isDigit } from './characters.ts'
import { latin1Of, type Mask, type MaskContext } from './mask.ts'
import { secretMask } from './secret.ts'

const v4 = /^\d{1,3}(?:\.\d{1,3}){3}(?:\/(\d{1,2}))?$/
const v6 = /^(?=.*:)[0-9a-f:]+(?:\d{1,3}(?:\.\d{1,3}){3})?(?:\/(\d{1,3}))?$/i

/**
 * IPv4 into 198.18.0.0/15 (RFC 2544), IPv6 into 2001:db8::/32 (RFC 3849): addresses that nobody has.
 * No reserved range of IPv4 is as large as IPv4, so in a unique column both become IPv6. A network’s
 * prefix length stays, and a cidr has no bits set beyond it.
 */
export function ipMask(context: MaskContext): Mask {
  const prf = context.keys('ip')
  const choices = new Choices()
  const other = secretMask(context)
  const network = context.baseType === 'cidr'
  return (value, out) => {
    if (!context.room.unique && isPlainV4(value)) {
      prf.hash(value)
      return writeV4(choices.seed(prf.low, prf.high), 32, out)
    }
    const text = latin1Of(value)
    const four = v4.exec(text)
    const prefix = (four ?? v6.exec(text))?.[1]
    if (!four && !v6.test(text)) return other(value, out)
    prf.hash(value)
    choices.seed(prf.low, prf.high)
    const wide = !four || context.room.unique
    // A network of IPv4 that moves to IPv6 keeps the number of bits behind its prefix.
    const bits = prefix === undefined ? undefined : Number(prefix) + (four && wide ? 96 : 0)
    const kept = network && bits !== undefined ? bits : 128
    if (wide) writeV6(choices, kept, out)
    else writeV4(choices, kept, out)
    if (bits !== undefined) out.ascii(`/${bits}`)
  }
}

/** As the server writes an inet without a prefix. */
function isPlainV4({ bytes, start, end }: Slice): boolean {
  let parts = 1
  let digits = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (isDigit(byte)) digits++
    else if (byte === 0x2e && digits > 0) {
      parts++
      digits = 0
    } else return false
    if (digits > 3) return false
  }
  return parts === 4 && digits > 0
}

function writeV4(choices: Choices, kept: number, out: ByteSink): void {
  out.ascii(String(cut(198, 8, 8 - kept)))
  out.push(0x2e)
  out.ascii(String(cut(18 + choices.below(2), 8, 16 - kept)))
  out.push(0x2e)
  out.ascii(String(cut(choices.below(256), 8, 24 - kept)))
  out.push(0x2e)
  out.ascii(String(cut(1 + choices.below(254), 8, 32 - kept)))
}

function writeV6(choices: Choices, kept: number, out: ByteSink): void {
  out.ascii(cut(0x2001, 16, 16 - kept).toString(16))
  for (let end = 32; end <= 128; end += 16) {
    const group = end === 32 ? 0xdb8 : choices.below(0x10000)
    out.push(0x3a)
    out.ascii(cut(group, 16, end - kept).toString(16))
  }
}

/** Clears the bits of a part that lie beyond a prefix: so many, or none, or all of them. */
function cut(part: number, width: number, beyond: number): number {
  const spare = Math.min(width, Math.max(0, beyond))
  return (part >>> spare) << spare
}
