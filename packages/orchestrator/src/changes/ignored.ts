import { posix } from 'node:path'
import { neverCopied } from '@stuntdouble/sdk/secret-names'
import ignore, { type Ignore } from 'ignore'
import { type RawPath, shownPath } from './tree-entries.ts'

/** Which new files count as work. Decided by what went in: an agent’s own .gitignore hides nothing. */
export interface IgnoreRules {
  /** The place to show for what is ignored: the topmost directory that is, with a slash. Undefined for what counts. */
  ignoredAt(path: RawPath): string | undefined
}

interface Rule {
  /** The directory it speaks for, with a slash; empty at the top. */
  readonly below: string
  readonly ignore: Ignore
}

export function createIgnoreRules(
  gitignores: ReadonlyMap<RawPath, string>,
  tracked: ReadonlySet<RawPath>,
): IgnoreRules {
  const own: Rule = { below: '', ignore: ignore({ ignorecase: true }).add([...neverCopied]) }
  const rules = [own, ...[...gitignores].map(([path, text]) => ruleOf(shownPath(path), text))]
  const matches = (path: string) =>
    rules.some(
      ({ below, ignore }) =>
        path.startsWith(below) && path !== below && ignore.ignores(path.slice(below.length)),
    )
  const tops = new Map<string, boolean>()
  const isIgnoredDirectory = (directory: string) => {
    const known = tops.get(directory) ?? matches(directory)
    tops.set(directory, known)
    return known
  }

  return {
    ignoredAt(raw) {
      if (tracked.has(raw)) return undefined
      const path = shownPath(raw)
      return directoriesOf(path).find(isIgnoredDirectory) ?? (matches(path) ? path : undefined)
    },
  }
}

function ruleOf(path: string, text: string): Rule {
  const directory = posix.dirname(path)
  return { below: directory === '.' ? '' : `${directory}/`, ignore: ignore().add(text) }
}

/** `a/`, `a/b/` of `a/b/c`. */
function directoriesOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_part, index) => `${parts.slice(0, index + 1).join('/')}/`)
}
