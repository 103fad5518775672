const field = /"(?:[^"\\]|\\[\s\S]|"")*"|(?:[^",()\\]|\\[\s\S])+/y

/**
 * Rewrites the fields of a composite’s literal, such as `(1,"a, b",)`; undefined stands for NULL on both
 * sides. Undefined where the text is no such literal. https://www.postgresql.org/docs/current/rowtypes.html
 */
export function rewriteRecord(
  literal: string,
  rewrite: (text: string | undefined, index: number) => string | undefined,
): string | undefined {
  if (!literal.startsWith('(') || !literal.endsWith(')')) return undefined
  const fields: (string | undefined)[] = []
  let at = 1
  for (;;) {
    const from = at
    let text = ''
    field.lastIndex = at
    for (let part = field.exec(literal); part; part = field.exec(literal)) {
      text += bare(part[0])
      at = field.lastIndex
    }
    fields.push(at === from ? undefined : text)
    field.lastIndex = at
    if (literal[at] !== ',') break
    at++
  }
  if (at !== literal.length - 1) return undefined
  return `(${fields.map((text, index) => quoted(rewrite(text, index))).join(',')})`
}

function bare(part: string): string {
  if (!part.startsWith('"')) return part.replaceAll(/\\([\s\S])/g, '$1')
  return part.slice(1, -1).replaceAll(/""|\\([\s\S])/g, (pair, escaped) => escaped ?? pair[0])
}

function quoted(text: string | undefined): string {
  if (text === undefined) return ''
  const plain = text !== '' && !/[\s"\\,()]/.test(text)
  return plain ? text : `"${text.replaceAll(/["\\]/g, '$&$&')}"`
}
