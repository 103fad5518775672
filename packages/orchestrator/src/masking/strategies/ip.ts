import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
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

function writeV4(choices: Choices, kept: number, out: ByteSink): void {
  const address = [198, 18 + choices.below(2), choices.below(256), 1 + choices.below(254)]
  out.ascii(cut(address, 8, kept).join('.'))
}

function writeV6(choices: Choices, kept: number, out: ByteSink): void {
  const groups = [0x2001, 0xdb8, ...Array.from({ length: 6 }, () => choices.below(0x10000))]
  const cutGroups = cut(groups, 16, kept)
  out.ascii(cutGroups.map((group) => group.toString(16)).join(':'))
}

/** Clears the bits beyond a prefix. */
function cut(parts: readonly number[], width: number, kept: number): readonly number[] {
  return parts.map((part, index) => {
    const spare = Math.min(width, Math.max(0, (index + 1) * width - kept))
    return (part >>> spare) << spare
  })
}
