const quotedText = '"[^"\\\\]*(?:\\\\[\\s\\S][^"\\\\]*)*"'

/** Delimiters of PostgreSQL’s types: a comma, but for box, whose own literal is full of them. */
const tokens = {
  ',': new RegExp(`[{},]|${quotedText}|[^{},"\\\\]+(?:\\\\[\\s\\S][^{},"\\\\]*)*`, 'y'),
  ';': new RegExp(`[{};]|${quotedText}|[^{};"\\\\]+(?:\\\\[\\s\\S][^{};"\\\\]*)*`, 'y'),
}

export type Delimiter = keyof typeof tokens

interface Rewriting {
  readonly delimiter: Delimiter
  readonly element: (text: string) => string
}

/**
 * Rewrites the elements of a PostgreSQL array literal of any dimension, such as `{a,"b c",{NULL}}` or
 * `[0:1]={1,2}`. NULL stays. Undefined where the text is no array literal.
 */
export function rewriteArray(
  literal: string,
  { delimiter, element }: Rewriting,
): string | undefined {
  const bounds = /^(?:\[[-+]?\d+:[-+]?\d+\])+=/.exec(literal)?.[0] ?? ''
  if (literal[bounds.length] !== '{') return undefined
  const token = tokens[delimiter]
  let out = bounds
  let depth = 0
  let at = bounds.length
  while (at < literal.length) {
    token.lastIndex = at
    const raw = token.exec(literal)?.[0]
    if (raw === undefined) return undefined
    at += raw.length
    if (raw === '{') depth++
    if (raw === '}') depth--
    const stays = /^[{}]$/.test(raw) || raw === delimiter || raw.toUpperCase() === 'NULL'
    out += stays ? raw : quoted(element(bare(raw)))
  }
  return depth === 0 ? out : undefined
}

/** The elements of an array literal; none where it is not one. */
export function elementsOf(literal: string): readonly string[] {
  const elements: string[] = []
  const element = (text: string) => {
    elements.push(text)
    return text
  }
  return rewriteArray(literal, { delimiter: ',', element }) === undefined ? [] : elements
}

function bare(raw: string): string {
  const inner = raw.startsWith('"') ? raw.slice(1, -1) : raw
  return inner.replaceAll(/\\([\s\S])/g, '$1')
}

function quoted(element: string): string {
  return `"${element.replaceAll(/["\\]/g, '\\$&')}"`
}
