import { ByteSink } from '../copy-text/byte-sink.ts'
import type { ColumnShape, Strategy, StrategyName } from '../shapes.ts'
import { memberPath } from './json-paths.ts'
import { latin1Of, type Mask } from './mask.ts'
import { rewriteRecord } from './record-literal.ts'

/** The mask of one field under its answer, or what stands in its place. */
export type FieldMask = (field: ColumnShape, strategy: Strategy) => Mask

/**
 * Masks a composite field by field, addressed as a document’s members are: `$.street`. What no path
 * speaks of is masked by its type, so a field that is added later cannot slip through. What is no
 * literal of a composite is masked as a whole: better refused by the server than let through.
 */
export function recordMask(
  fields: readonly ColumnShape[],
  paths: Readonly<Record<string, StrategyName>>,
  { maskOf, other }: { readonly maskOf: FieldMask; readonly other: Mask },
): Mask {
  const answers = fields.map((field) => fieldAnswer(field, paths))
  const masks = fields.map((field, index) => {
    const answer = answers[index] as Strategy
    return isLeftAlone(answer) ? undefined : maskOf(field, answer)
  })
  const scratch = new ByteSink()
  const rewrite = (text: string | undefined, index: number) => {
    const mask = masks[index]
    if (text === undefined || answers[index]?.name === 'null') return undefined
    if (mask === undefined || text === '') return index < fields.length ? text : undefined
    const bytes = Buffer.from(text, 'latin1')
    mask({ bytes, start: 0, end: bytes.length }, scratch)
    return scratch.take().toString('latin1')
  }
  return (value, out) => {
    const rewritten = rewriteRecord(latin1Of(value), rewrite)
    if (rewritten === undefined) other(value, out)
    else out.latin1(rewritten)
  }
}

const isLeftAlone = ({ name }: Strategy) => name === 'keep' || name === 'enum' || name === 'null'

/** What a path says of a field; else what its type asks for. */
export function fieldAnswer(
  field: ColumnShape,
  paths: Readonly<Record<string, StrategyName>>,
): Strategy {
  const path = memberPath('$', field.name)
  const own = paths[path]
  const kind = field.category === 'array' ? field.element?.category : field.category
  if (own !== undefined && own !== 'json') return { name: own }
  if (kind === 'composite' || kind === 'json') return { name: 'json', paths: below(path, paths) }
  return { name: byKind[kind ?? 'other'] ?? 'null' }
}

const byKind: Partial<Record<ColumnShape['category'], StrategyName>> = {
  string: 'text',
  binary: 'bytes',
  network: 'ip',
  number: 'keep',
  boolean: 'keep',
  datetime: 'keep',
  enum: 'keep',
  uuid: 'keep',
}

/** `$.home.street` as the field `$.home` knows it: `$.street`. */
function below(path: string, paths: Readonly<Record<string, StrategyName>>) {
  const inner = Object.entries(paths).filter(([key]) => /^[.[]/.test(key.slice(path.length)))
  return Object.fromEntries(
    inner
      .filter(([key]) => key.startsWith(path))
      .map(([key, name]) => [`$${key.slice(path.length)}`, name]),
  )
}
