import type { ByteSink } from '../copy-text/byte-sink.ts'

/** Crockford’s base 32: without i, l, o and u, so that hardly a word appears by accident. */
const alphabet = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz')

/** Characters that carry all 64 bits of a digest; two of a million values collide once in 10⁷ sets. */
export const distinctLength = 13

/** Appends a digest as up to 13 characters. */
export function writeDistinct(
  digest: { readonly low: number; readonly high: number },
  length: number,
  out: ByteSink,
): void {
  let low = digest.low
  let high = digest.high
  for (let count = Math.min(length, distinctLength); count > 0; count--) {
    out.push(alphabet[low & 31] as number)
    low = (low >>> 5) | (high << 27)
    high >>>= 5
  }
}
