import type { FileReader, Found } from '../found.ts'
import { remarks } from '../remark.ts'

/** Names of an example of a .env file; no value of one is kept, shown or written. */
export const variables: FileReader = {
  fits: /(?:^|\/)\.env\.(?:example|sample|template|dist)$/,
  read(text, path): Found {
    const names = [...new Set(namesIn(text.split(/\r?\n/)))]
    if (names.length === 0) return { findings: [] }
    const says = `variables by their names, without values: ${remarks(names, 24)}`
    return { findings: [{ kind: 'variables', path, says }] }
  },
}

/**
 * As names of variables are written by custom. Anything else before a `=` may be the last line of a key
 * in base64.
 */
const assignment = /^(?:export +)?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)=(?!=)(.*)$/

function namesIn(lines: readonly string[]): string[] {
  const names: string[] = []
  let until: string | undefined
  for (const line of lines) {
    const inside = until !== undefined
    if (until !== undefined && line.includes(until)) until = undefined
    const [, name, value = ''] = inside ? [] : (assignment.exec(line) ?? [])
    if (name === undefined || name.length > 64) {
      if (!inside && line.startsWith('-----BEGIN ')) until = '-----END '
      continue
    }
    names.push(name)
    until = goesOnUntil(value)
  }
  return names
}

/** What ends a value that goes on over more lines. */
function goesOnUntil(value: string): string | undefined {
  if (value.startsWith('-----BEGIN ')) return '-----END '
  const quote = /^\s*(["'`])/.exec(value)?.[1]
  return quote !== undefined && !value.trimStart().slice(1).includes(quote) ? quote : undefined
}
