import type { IncomingHttpHeaders } from 'node:http'
import type { BytesWanted } from '../../doors/doors.ts'

/**
 * What a `Range` asks for. Undefined for several at once, for what is none, and where it depends on a
 * validator, of which we hand out none: all of that is answered with the whole, as RFC 9110 has it.
 */
export function bytesWanted(headers: IncomingHttpHeaders): BytesWanted | undefined {
  if (headers['if-range'] !== undefined) return undefined
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(headers.range ?? '')
  if (!found) return undefined
  const [first, last] = [found[1], found[2]].map((digits) => (digits ? Number(digits) : undefined))
  if (first === undefined) return last === undefined ? undefined : { lastBytes: last }
  if (last === undefined) return { first }
  return first > last ? undefined : { first, last }
}
