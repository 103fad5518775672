import { eachTokenRun } from './token-runs.ts'

/** A value of some length behind a sign that gives it to a name. */
const given = /[:=]>?\s{0,3}["'`]?[\w+/=.~-]{20}/g
const nameBefore =
  /(?:passw(?:or)?d|pwd|secret|token|(?:api|access|auth|private|encryption|signing|master|account)[_-]?key)\w{0,20}["'`]?\]?\s{0,3}$/i
const valueBehind = /[\w+/=.~-]{20,256}/y
const longestName = 60
const longestBefore = longestName + 6
const shortestValue = 20

export interface NamedValue {
  readonly start: number
  readonly end: number
}

/** Values that nobody would type, beside a name that says what they are for. */
export function namedValuesIn(bytes: Buffer): NamedValue[] {
  const found: NamedValue[] = []
  eachTokenRun(bytes, (start, end) => {
    if (end - start < shortestValue || !mayBeGiven(bytes, start, end)) return
    const from = Math.max(0, start - longestBefore)
    for (const value of valuesIn(bytes.toString('latin1', from, end))) {
      if (from + value.end > start) found.push({ start: from + value.start, end: from + value.end })
    }
  })
  return found
}

/** Whether a sign that gives it to a name stands before the run, or in it. */
function mayBeGiven(bytes: Buffer, start: number, end: number): boolean {
  const sign = bytes.indexOf(equals, start)
  if (sign !== -1 && sign < end) return true
  for (let at = start - 1; at >= 0 && at >= start - longestSign; at--) {
    const byte = bytes[at]
    if (byte === equals || byte === colon) return true
  }
  return false
}

const [colon, equals] = [0x3a, 0x3d]
/** The sign, an arrow's end, blanks and a quote. */
const longestSign = 6

function* valuesIn(text: string): Generator<NamedValue> {
  for (const { index, 0: match } of text.matchAll(given)) {
    if (!nameBefore.test(text.slice(Math.max(0, index - longestName), index))) continue
    valueBehind.lastIndex = index + match.length - 20
    const value = valueBehind.exec(text)?.[0] ?? ''
    const start = index + match.length - 20
    if (looksMade(value)) yield { start, end: start + value.length }
  }
}

/** In bits a character: words and names of programs have less. */
const leastEntropy = 3.5
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Digests of public files, names of programs with dots in them, words, paths. */
const dull = /^(?:sha\d+-|[\w$]+(?:[.-][A-Za-z_$][\w$]*)+$|[A-Za-z_-]+\d{0,3}$|\/)/

/** Figures in several places among letters, hardly a character twice. */
function looksMade(value: string): boolean {
  const figures = value.match(/\d+/g)?.length ?? 0
  return figures >= 3 && !uuid.test(value) && !dull.test(value) && entropyOf(value) >= leastEntropy
}

/** Shannon’s, in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
