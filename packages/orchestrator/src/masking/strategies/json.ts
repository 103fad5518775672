import { isUtf8 } from 'node:buffer'
import { ByteSink } from '../copy-text/byte-sink.ts'
import { isPerson } from '../detect/values.ts'
import type { Strategy, StrategyName } from '../shapes.ts'
import { parentOf } from './json-paths.ts'
import { type Leaf, rewriteJson, unquoted } from './json-tokens.ts'
import { latin1Of, type Mask, sliceOf, textOf } from './mask.ts'

export type MaskOf = (strategy: StrategyName) => Mask

/** What a key must not be: a document that maps people to something holds them in its keys. */
const personalKeys: readonly (readonly [StrategyName, (key: string) => boolean])[] = [
  ['email', isAddress],
  ['phone', (key) => /^\+\d[\d ()/.-]{6,}$/.test(key)],
  ['full_name', (key) => key.includes(' ') && isPerson(key)],
]

/**
 * Masks JSON by path. A path stands for everything below it; the longest that fits decides. Strings
 * that no path speaks of are masked as text, numbers and booleans stay. A key that is itself an
 * address, a number to call or a person’s name is masked; other keys belong to the shape. What is not JSON is masked as text.
 */
export function jsonMask(
  strategy: Strategy,
  maskOf: MaskOf,
  rewrite: typeof rewriteJson = rewriteJson,
): Mask {
  const scratch = new ByteSink()
  const masks = new Map<StrategyName, Mask>()
  const find = answerFinder(strategy.paths ?? {})
  const masked = (name: StrategyName, text: string): string => {
    const mask = masks.get(name) ?? maskOf(name)
    masks.set(name, mask)
    if (text === '') return text
    mask(sliceOf(text), scratch)
    return scratch.take().toString('utf8')
  }
  const rewriting = {
    leaf: (leaf: Leaf) => rewrittenLeaf(leaf, find(leaf.path), masked),
    key: (raw: string, path: string) =>
      find(path) === 'keep' ? raw : (rewrittenKey(unquoted(raw), masked) ?? raw),
  }
  return (value, out) => {
    const text = textOf(value)
    // Of a database without an encoding: byte for byte, so that what is kept comes through.
    if (text.includes('\ufffd') && !isUtf8(value.bytes.subarray(value.start, value.end))) {
      const bytes = latin1Of(value)
      out.latin1(rewrite(bytes, rewriting) ?? masked('text', bytes))
      return
    }
    out.utf8(rewrite(text, rewriting) ?? masked('text', text))
  }
}

function rewrittenKey(key: string, masked: Masked): string | undefined {
  const personal = personalKeys.find(([, isPersonal]) => isPersonal(key))
  return personal && JSON.stringify(masked(personal[0], key))
}

type Masked = (name: StrategyName, text: string) => string

function rewrittenLeaf(leaf: Leaf, answer: StrategyName | undefined, masked: Masked): string {
  if (answer === 'keep' || answer === 'enum') return leaf.raw
  if (answer === 'null') return 'null'
  if (leaf.kind === 'string') return JSON.stringify(masked(answer ?? 'text', unquoted(leaf.raw)))
  if (leaf.kind === 'number' && answer !== undefined) return masked('number', leaf.raw)
  return leaf.raw
}

/** The answer for a path: its own, or that of the nearest path above it. */
function answerFinder(paths: Readonly<Record<string, StrategyName>>) {
  const known = new Map<string, StrategyName | undefined>(Object.entries(paths))
  const given = new Map(Object.entries(paths))
  return (path: string): StrategyName | undefined => {
    if (known.has(path)) return known.get(path)
    let above: string | undefined = path
    while (above !== undefined && !given.has(above)) above = parentOf(above)
    const answer = above === undefined ? undefined : given.get(above)
    if (known.size < 10_000) known.set(path, answer)
    return answer
  }
}

/** Without a pattern: one takes a second for a hostile key of some ten thousand dots. */
function isAddress(key: string): boolean {
  const [local = '', host = '', ...more] = key.split('@')
  return local !== '' && host.slice(1, -1).includes('.') && more.length === 0 && !/\s/.test(key)
}
