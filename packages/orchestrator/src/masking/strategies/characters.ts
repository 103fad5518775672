import type { Slice } from '../prf/siphash.ts'

/** What a byte of UTF-8 (or of anything) is, as far as masking cares. */
export const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39
export const isLower = (byte: number) => byte >= 0x61 && byte <= 0x7a
export const isUpper = (byte: number) => byte >= 0x41 && byte <= 0x5a
/** Every byte outside ASCII counts as a letter’s: what cannot be judged is masked. */
export const isLetter = (byte: number) => isLower(byte) || isUpper(byte) || byte >= 0x80
export const isContinuation = (byte: number) => byte >= 0x80 && byte < 0xc0
export const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

export function hasByteOutsideAscii({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return true
  return false
}
