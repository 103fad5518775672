import { Transform } from 'node:stream'
import type { Form } from './types.ts'

type Row = readonly (Buffer | null)[]

const chunkBytes = 65_536
const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const backslash = 0x5c
const letterOf = new Map([
  [tab, 't'.charCodeAt(0)],
  [newline, 'n'.charCodeAt(0)],
  [carriageReturn, 'r'.charCodeAt(0)],
  [backslash, backslash],
])

/** Rows in, as the server sent them; COPY text out. What is no character is written in hex. */
export function copyText(forms: readonly Form[]): Transform {
  let parts: Buffer[] = []
  let length = 0
  const flush = (stream: Transform) => {
    if (length > 0) stream.push(Buffer.concat(parts, length))
    parts = []
    length = 0
  }
  return new Transform({
    writableObjectMode: true,
    writableHighWaterMark: 256,
    transform(row: Row, _, done) {
      const line = lineOf(row, forms)
      parts.push(line)
      length += line.length
      if (length >= chunkBytes) flush(this)
      done()
    },
    flush(done) {
      flush(this)
      done()
    },
  })
}

function lineOf(row: Row, forms: readonly Form[]): Buffer {
  const fields = row.map((value, column) => fieldOf(value, forms[column] ?? 'text'))
  const line = Buffer.allocUnsafe(fields.reduce((sum, field) => sum + field.length + 1, 0))
  let at = 0
  for (const field of fields) {
    at += field.copy(line, at)
    line[at++] = tab
  }
  line[at - 1] = newline
  return line
}

const nothing = Buffer.from('\\N')

function fieldOf(value: Buffer | null, form: Form): Buffer {
  if (value === null) return nothing
  if (form === 'hex') return Buffer.from(`\\\\x${value.toString('hex')}`)
  if (form === 'bits') return Buffer.from(BigInt(`0x${value.toString('hex') || '0'}`).toString())
  return escaped(value)
}

/** Only what must be: COPY and LOAD DATA agree on these four. */
function escaped(value: Buffer): Buffer {
  let specials = 0
  for (const byte of value) if (letterOf.has(byte)) specials++
  if (specials === 0) return value
  const out = Buffer.allocUnsafe(value.length + specials)
  let at = 0
  for (const byte of value) {
    const letter = letterOf.get(byte)
    if (letter !== undefined) out[at++] = backslash
    out[at++] = letter ?? byte
  }
  return out
}
