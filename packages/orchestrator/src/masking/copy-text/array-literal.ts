/**
 * Rewrites the elements of a PostgreSQL array literal of any dimension, such as `{a,"b c",{NULL}}` or
 * `[0:1]={1,2}`. NULL and empty elements stay. Undefined where the text is no array literal.
 */
export function rewriteArray(
  literal: string,
  rewrite: (element: string) => string,
): string | undefined {
  const bounds = /^(?:\[[-+]?\d+:[-+]?\d+\])+=/.exec(literal)?.[0] ?? ''
  if (literal[bounds.length] !== '{') return undefined
  let out = bounds
  let depth = 0
  let at = bounds.length
  while (at < literal.length) {
    const element = /[{},]|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[^{},"\\]+(?:\\[\s\S][^{},"\\]*)*/y
    element.lastIndex = at
    const raw = element.exec(literal)?.[0]
    if (raw === undefined) return undefined
    at += raw.length
    if (raw === '{') depth++
    if (raw === '}') depth--
    out += /^[{},]$/.test(raw) || raw.toUpperCase() === 'NULL' ? raw : quoted(rewrite(bare(raw)))
  }
  return depth === 0 ? out : undefined
}

/** The elements of an array literal; none where it is not one. */
export function elementsOf(literal: string): readonly string[] {
  const elements: string[] = []
  const whole = rewriteArray(literal, (element) => {
    elements.push(element)
    return element
  })
  return whole === undefined ? [] : elements
}

function bare(raw: string): string {
  const inner = raw.startsWith('"') ? raw.slice(1, -1) : raw
  return inner.replaceAll(/\\([\s\S])/g, '$1')
}

function quoted(element: string): string {
  return `"${element.replaceAll(/["\\]/g, '\\$&')}"`
}
