import type { StrategyName } from '../shapes.ts'
import { strategyNames } from '../shapes.ts'

/**
 * A pattern of names: literal text, `*` for any run of characters within a segment, `**` for one
 * segment or more, and `{email}` or `{url**}` for the same, masked. A backslash takes the next
 * character as it is. Matching is linear in the name, whoever wrote that.
 */
export interface Pattern {
  readonly text: string
  /** One character; what neither `*` nor `{…}` reaches over. */
  readonly separator: string
  readonly segments: readonly Segment[]
  /** Which segment is `**`, or -1. */
  readonly rest: number
}

/** Literal and wild parts in turn. */
type Segment = readonly Token[]

interface Token {
  /** Bytes, as latin1; of a literal. */
  readonly literal?: string
  /** Of a wild part: how what it stands for is masked; `keep` for `*`. */
  readonly strategy?: StrategyName
  readonly many?: boolean
}

/** A name taken apart by the pattern that fits it; joined again, it is the name. */
export type Piece = {
  /** Bytes, as latin1. */
  readonly text: string
  /** Null for what stands in the pattern. */
  readonly strategy: StrategyName | null
}

/** Throws a RangeError that says what is wrong with it. */
export function parsePattern(text: string, separator: string): Pattern {
  if (text === '') throw new RangeError('is empty')
  const tokens = tokensOf(text)
  const segments = segmentsOf(tokens, separator)
  const many = segments.flatMap((segment, index) => (segment.some((t) => t.many) ? [index] : []))
  if (many.length > 1) throw new RangeError('holds more than one **')
  const [rest = -1] = many
  if (rest >= 0 && segments[rest]?.length !== 1)
    throw new RangeError(`must have ** between two "${separator}" or at an end`)
  return { text, separator, segments, rest }
}

/** Undefined where it does not fit. */
export function matchPattern(pattern: Pattern, name: string): Piece[] | undefined {
  const { segments, rest, separator } = pattern
  const parts = name.split(separator)
  if (rest < 0) return parts.length === segments.length ? matchAll(pattern, parts) : undefined
  const extra = parts.length - segments.length
  if (extra < 0) return undefined
  const middle = parts.slice(rest, rest + extra + 1).join(separator)
  return matchAll(pattern, parts.toSpliced(rest, extra + 1, middle))
}

/** How its masked parts are spelled, such as `{email}`, in order. */
export const maskedParts = ({ segments }: Pattern): readonly StrategyName[] =>
  segments.flat().flatMap(({ strategy }) => (strategy && strategy !== 'keep' ? [strategy] : []))

export const isWild = ({ segments }: Pattern) =>
  segments.flat().some(({ strategy }) => strategy !== undefined)

function matchAll({ segments, separator }: Pattern, parts: readonly string[]) {
  const pieces: Piece[] = []
  for (const [index, segment] of segments.entries()) {
    if (index > 0) pieces.push({ text: separator, strategy: null })
    if (!matchSegment(segment, parts[index] ?? '', pieces)) return undefined
  }
  return pieces
}

/** Leftmost: no wild part is longer than it must be, but for the one before the segment's end. */
function matchSegment(segment: Segment, text: string, pieces: Piece[]): boolean {
  let at = 0
  for (const [index, { literal, strategy }] of segment.entries()) {
    if (strategy !== undefined) continue
    const wild = segment[index - 1]?.strategy
    const found = placeOf(literal ?? '', { text, at, wild, last: index === segment.length - 1 })
    if (found < at) return false
    if (wild !== undefined) pieces.push({ text: text.slice(at, found), strategy: wild })
    pieces.push({ text: literal ?? '', strategy: null })
    at = found + (literal ?? '').length
  }
  const wild = segment.at(-1)?.strategy
  if (wild !== undefined) pieces.push({ text: text.slice(at), strategy: wild })
  return wild !== undefined || at === text.length
}

interface Place {
  readonly text: string
  readonly at: number
  readonly wild: StrategyName | undefined
  readonly last: boolean
}

function placeOf(literal: string, { text, at, wild, last }: Place): number {
  if (wild === undefined) return text.startsWith(literal, at) ? at : -1
  if (!last) return text.indexOf(literal, at)
  return text.endsWith(literal) ? text.length - literal.length : -1
}

const tokenPattern = /\\(.)|(\*\*?)|\{([^{}]*?)(\*\*)?\}|([^\\*{}]+)|(.)/gsu

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const [, escaped, stars, name, many, plain, stray] of text.matchAll(tokenPattern)) {
    if (stray !== undefined) throw new RangeError(`holds a "${stray}" that needs a \\ before it`)
    if (stars !== undefined) tokens.push({ strategy: 'keep', many: stars === '**' })
    else if (name !== undefined) tokens.push({ strategy: strategyOf(name), many: many === '**' })
    else tokens.push({ literal: bytesOf(escaped ?? plain ?? '') })
  }
  return tokens
}

function strategyOf(name: string): StrategyName {
  const known = strategyNames.find((strategy) => strategy === name)
  if (known !== undefined && !unfit.has(known)) return known
  const allowed = strategyNames.filter((strategy) => !unfit.has(strategy))
  throw new RangeError(`holds {${name}}, where one of ${allowed.join(', ')} may stand`)
}

/** Of a part of a name: nothing may take its place, and it is no document. */
const unfit = new Set<StrategyName>(['null', 'json', 'enum', 'bytes'])

function segmentsOf(tokens: readonly Token[], separator: string): Segment[] {
  const segments: Token[][] = [[]]
  for (const token of tokens) {
    const [first = '', ...more] = token.literal?.split(separator) ?? []
    if (token.strategy !== undefined) appendTo(segments, token)
    else appendTo(segments, { literal: first })
    for (const literal of more) {
      segments.push([])
      appendTo(segments, { literal })
    }
  }
  return segments
}

function appendTo(segments: Token[][], token: Token): void {
  const segment = segments.at(-1) ?? []
  const before = segment.at(-1)
  if (token.strategy !== undefined && before?.strategy !== undefined)
    throw new RangeError('holds two wild parts side by side; put text between them')
  if (token.literal === '') return
  if (token.literal !== undefined && before?.literal !== undefined)
    segment[segment.length - 1] = { literal: before.literal + token.literal }
  else segment.push(token)
}

const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
