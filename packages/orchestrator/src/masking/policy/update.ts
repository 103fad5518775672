import { type Document, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml'
import type { Policy, ProposedAnswer, TableShape } from '../shapes.ts'
import { parseTableKey, strategyFor, tableKey } from './names.ts'
import { pinKey } from './pin.ts'
import { renderPin, renderPolicy } from './render.ts'

export interface PolicyUpdate {
  readonly shapes: readonly TableShape[]
  readonly answers: readonly ProposedAnswer[]
  /** Answers that stay, with whatever a person wrote around them. */
  readonly standing: Policy
}

/**
 * Brings masking.yaml up to the source’s schema: what is missing is added, what is gone goes, and all
 * else stays as it was written, comments included.
 */
export function updatePolicy(text: string, update: PolicyUpdate): string {
  const document = parseDocument(text)
  const root = document.contents as YAMLMap | null
  if (!isMap(root)) return renderPolicy(update.shapes, update.answers) + renderPin(update.shapes)
  const fresh = mapIn(parseDocument(renderPolicy(update.shapes, update.answers)))
  const pin = mapIn(parseDocument(renderPin(update.shapes)))
  const shapes = new Map(update.shapes.map((table) => [tableKey(table), table]))

  root.items = root.items.filter((pair) => shapes.has(normalKey(pair)))
  for (const pair of root.items) updateTable(pair, { shapes, fresh, standing: update.standing })
  const known = new Set(root.items.map(normalKey))
  const added = fresh.items.filter((pair) => !known.has(normalKey(pair)))
  root.items.push(...added.map(spaced), ...pin.items.map(spaced))
  return document.toString({ lineWidth: 0 })
}

interface Known {
  readonly shapes: ReadonlyMap<string, TableShape>
  readonly fresh: YAMLMap
  readonly standing: Policy
}

function updateTable(pair: Pair, { shapes, fresh, standing }: Known): void {
  const table = shapes.get(normalKey(pair)) as TableShape
  const proposed = fresh.items.find((each) => normalKey(each) === normalKey(pair))?.value
  if (!isMap(proposed)) return
  if (!isMap(pair.value)) {
    pair.value = proposed
    return
  }
  const stands = (column: Pair) => strategyFor(standing, table, keyOf(column)) !== undefined
  const kept = pair.value.items.filter(stands)
  const names = new Set(kept.map(keyOf))
  pair.value.items = [...kept, ...proposed.items.filter((column) => !names.has(keyOf(column)))]
}

const keyOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key)

function normalKey(pair: Pair): string {
  const key = keyOf(pair)
  const table = parseTableKey(key)
  return table && key !== pinKey ? tableKey(table) : key
}

function spaced(pair: Pair): Pair {
  if (isScalar(pair.key)) pair.key.spaceBefore = true
  return pair
}

function mapIn(document: Document): YAMLMap {
  if (!isMap(document.contents)) throw new TypeError('a rendered policy is a map')
  // What stands above the first key belongs to the file it is taken from.
  document.contents.commentBefore = null
  return document.contents
}
