import { connectionHeaders, namedByConnection, type RawHeaders } from '../lib/connection-headers.ts'

/** What is passed on. A header that `Connection` names goes too, unless it is the body’s length. */
export function passedOn(raw: RawHeaders): string[] {
  const dropped = new Set([...connectionHeaders, 'host', ...namedByConnection(raw)])
  dropped.delete('content-length')
  return pairsOf(raw)
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .flat()
}

const pairsOf = (raw: RawHeaders): [name: string, value: string][] =>
  Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? '', raw[2 * at + 1] ?? ''])

/** About what a message’s head takes on the wire. */
export const headBytes = (raw: RawHeaders, firstLine: string) =>
  raw.reduce((sum, text) => sum + text.length + 2, firstLine.length + 16)

/**
 * What would let an answer come in a form that cannot be read for credentials, encoded or in parts; and
 * what some servers take for another method or path than those that were judged.
 */
const misleading: ReadonlySet<string> = new Set([
  'accept-encoding',
  'range',
  'if-range',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
])

/** A request’s headers such that it is what was judged, and its answer comes whole and as it is. */
export const forReadableAnswer = (headers: RawHeaders): string[] => [
  ...pairsOf(headers)
    .filter(([name]) => !misleading.has(name.toLowerCase()))
    .flat(),
  ...['Accept-Encoding', 'identity'],
]
