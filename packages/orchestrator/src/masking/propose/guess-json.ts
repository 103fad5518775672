import { elementType } from '../column-kind.ts'
import { guessByName } from '../detect/column-words.ts'
import { isChoice, spreadOf } from '../detect/spread.ts'
import type { StrategyName, TableShape } from '../shapes.ts'
import { rewriteHstore } from '../strategies/hstore-tokens.ts'
import { rewriteJson, unquoted } from '../strategies/json-tokens.ts'
import type { Evidence, Guess } from './guess.ts'
import { guessString } from './guess-string.ts'

const mostPaths = 60

interface Found {
  readonly strings: string[]
  numbers: number
}

/**
 * An answer for documents: a path for everything that was found in the sample and is not plain text.
 * What no path speaks of is masked as text, so a key that turns up later cannot slip through.
 */
export function guessJson(evidence: Evidence): Guess {
  const paths: Record<string, StrategyName> = {}
  for (const [path, found] of leavesOf(evidence)) {
    const answer = answerFor(path, found, evidence.table)
    if (answer !== undefined && Object.keys(paths).length < mostPaths) paths[path] = answer
  }
  const count = Object.keys(paths).length
  const reason =
    count === 0
      ? 'a document; its strings are masked as text'
      : `a document with ${count} known paths; other strings are masked as text`
  return {
    strategy: { name: 'json', paths },
    reason,
    confidence: 0.7,
    unsure: evidence.values.length === 0,
  }
}

/** Samples may be cut off: what was read up to there counts. */
function leavesOf({ column, values }: Evidence): ReadonlyMap<string, Found> {
  const hstore = elementType(column) === 'hstore'
  const leaves = new Map<string, Found>()
  for (const document of values) {
    const rewrite = hstore ? rewriteHstore : rewriteJson
    rewrite(document, {
      key: (raw) => raw,
      leaf: ({ kind, raw, path }) => {
        const found = leaves.get(path) ?? { strings: [], numbers: 0 }
        if (kind === 'string') found.strings.push(unquoted(raw))
        if (kind === 'number') found.numbers++
        leaves.set(path, found)
        return raw
      },
    })
  }
  return leaves
}

function answerFor(path: string, found: Found, table: TableShape): StrategyName | undefined {
  const name = /([\w-]+)(?:\[\*\])*$/.exec(path)?.[1] ?? ''
  const named = guessByName(name)
  if (found.strings.length === 0)
    return named && ['phone', 'secret', 'number', 'postcode'].includes(named) ? 'number' : undefined
  const values = found.strings.filter((value) => value.trim() !== '')
  const column = { ...leafColumn, name }
  const guess = guessString({ table, column, values })
  if (guess.strategy.name === 'keep' && !isChoice(spreadOf(values))) return undefined
  return guess.strategy.name === 'text' ? undefined : guess.strategy.name
}

const leafColumn = {
  type: 'text',
  baseType: 'text',
  category: 'string',
  notNull: false,
  maxLength: null,
  generated: false,
} as const
