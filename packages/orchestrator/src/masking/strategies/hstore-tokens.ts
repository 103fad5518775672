import { memberPath } from './json-paths.ts'
import type { Rewriting } from './json-tokens.ts'

const pair = /"((?:[^"\\]|\\[\s\S])*)"=>(?:NULL|"((?:[^"\\]|\\[\s\S])*)")(?:, |$)/y

/** Rewrites an hstore, such as `"a"=>"1", "b"=>NULL`, as if it were a document of one level. */
export function rewriteHstore(text: string, rewriting: Rewriting): string | undefined {
  const pairs: string[] = []
  for (let at = 0; at < text.length; at = pair.lastIndex) {
    pair.lastIndex = at
    const [, key, value] = pair.exec(text) ?? []
    if (key === undefined) return undefined
    const name = bare(key)
    const path = memberPath('$', name)
    const shown = JSON.parse(rewriting.key(JSON.stringify(name), path)) as string
    pairs.push(
      `${quoted(shown)}=>${value === undefined ? 'NULL' : leaf(bare(value), path, rewriting)}`,
    )
  }
  return pairs.join(', ')
}

function leaf(value: string, path: string, rewriting: Rewriting): string {
  const raw = rewriting.leaf({ kind: 'string', raw: JSON.stringify(value), path })
  const rewritten: unknown = JSON.parse(raw)
  return rewritten === null ? 'NULL' : quoted(String(rewritten))
}

const bare = (text: string) => text.replaceAll(/\\([\s\S])/g, '$1')
const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
