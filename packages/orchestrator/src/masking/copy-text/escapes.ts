import type { Slice } from '../prf/siphash.ts'
import type { ByteSink } from './byte-sink.ts'

export const tab = 0x09
export const newline = 0x0a
export const backslash = 0x5c

const letters: readonly (readonly [letter: string, byte: number])[] = [
  ['b', 0x08],
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
]

/** Byte after a backslash → the byte it stands for; itself where COPY gives it no meaning. */
const meaning = Uint8Array.from({ length: 256 }, (_, byte) => byte)
/** Byte → the letter that stands for it after a backslash; 0 where it needs none. */
const letterOf = new Uint8Array(256)
for (const [letter, byte] of letters) {
  meaning[letter.charCodeAt(0)] = byte
  letterOf[byte] = letter.charCodeAt(0)
}
letterOf[backslash] = backslash

/** Whether a field, as it stands in the stream, is NULL: `\N`. */
export function isNull({ bytes, start, end }: Slice): boolean {
  return end - start === 2 && bytes[start] === backslash && bytes[start + 1] === 0x4e
}

/** Appends what a field of COPY’s text format stands for. The server writes no octal or hex escapes. */
export function unescapeInto({ bytes, start, end }: Slice, out: ByteSink): void {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte !== backslash || at + 1 === end) out.push(byte)
    else out.push(meaning[bytes[++at] as number] as number)
  }
}

/** Escapes what stands in the sink from there on. Hardly a value needs it, and those alone are moved. */
export function escapeFrom(start: number, out: ByteSink): void {
  const { bytes, length } = out
  let at = start
  while (at < length && letterOf[bytes[at] as number] === 0) at++
  if (at === length) return
  out.length = at
  escapeInto({ bytes: bytes.slice(at, length), start: 0, end: length - at }, out)
}

function escapeInto({ bytes, start, end }: Slice, out: ByteSink): void {
  let plain = start
  for (let at = start; at < end; at++) {
    const letter = letterOf[bytes[at] as number] as number
    if (letter === 0) continue
    out.copy(bytes, plain, at)
    out.push(backslash)
    out.push(letter)
    plain = at + 1
  }
  out.copy(bytes, plain, end)
}
