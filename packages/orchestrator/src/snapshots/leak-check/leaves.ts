import type { ColumnShape, Strategy, StrategyName } from '../../masking/masking.ts'

/** Hears a value and how it is masked; the bytes are only lent. */
type OnLeaf = (value: Uint8Array, strategy: StrategyName) => void

export interface MaskedColumn {
  readonly shape: ColumnShape
  readonly strategy: Strategy
}

/** Takes a column's value apart into what a person would look for: a JSON's strings, an array's elements. */
export function eachLeaf(
  { shape, strategy }: MaskedColumn,
  value: Uint8Array,
  onLeaf: OnLeaf,
): void {
  const { name } = strategy
  if (shape.category === 'json') eachJsonLeaf(value, strategy, onLeaf)
  else if (shape.category === 'array') eachElement(value, (element) => onLeaf(element, name))
  else if (shape.baseType === 'bytea') onLeaf(fromHex(value), name)
  else onLeaf(value, name)
}

/** `\x68656c6c6f`, as `bytea_output = hex` prints it. */
export function fromHex(value: Uint8Array): Uint8Array {
  if (value[0] !== 92 || value[1] !== 120) return value
  return Buffer.from(textOf(value).slice(2), 'hex')
}

/** An address may be a key. Paths are answered as `masking.yaml` says: the longest that fits decides, strings without one are text. */
function eachJsonLeaf(value: Uint8Array, { name, paths = {} }: Strategy, onLeaf: OnLeaf): void {
  const whole = name === 'json' ? undefined : name
  const pending: Node[] = [{ value: parsed(value), path: '$', answer: paths.$ ?? whole }]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.value !== null && typeof node.value === 'object') {
      for (const key of addressesIn(node)) onLeaf(Buffer.from(key), 'email')
      pending.push(...childrenOf(node, paths))
    } else if (typeof node.value === 'string')
      onLeaf(Buffer.from(node.value), node.answer ?? 'text')
    else if (typeof node.value === 'number' && node.answer !== undefined) {
      onLeaf(Buffer.from(String(node.value)), node.answer)
    }
  }
}

interface Node {
  readonly value: unknown
  readonly path: string
  readonly answer: StrategyName | undefined
}

const addressesIn = ({ value, answer }: Node) =>
  answer === 'keep' || answer === 'enum'
    ? []
    : Object.keys(value as object).filter((key) => key.includes('@'))

function childrenOf({ value, path, answer }: Node, paths: NonNullable<Strategy['paths']>): Node[] {
  const below = (step: string, child: unknown): Node => {
    const own = Object.hasOwn(paths, path + step) ? paths[path + step] : undefined
    return { value: child, path: path + step, answer: own ?? answer }
  }
  if (Array.isArray(value)) return value.map((child) => below('[*]', child))
  return Object.entries(value as object).map(([key, child]) => below(stepTo(key), child))
}

const stepTo = (key: string) => (/^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)

function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(value))
  } catch {
    return textOf(value)
  }
}

/** Elements of `{a,"b c",{d}}`; https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function eachElement(value: Uint8Array, onElement: (element: Uint8Array) => void): void {
  const element = /"((?:[^"\\]|\\.)*)"|[^{},"]+/gs
  for (const [bare, quoted] of textOf(value).matchAll(element)) {
    onElement(Buffer.from(quoted === undefined ? bare : quoted.replaceAll(/\\(.)/gs, '$1')))
  }
}

const textOf = ({ buffer, byteOffset, length }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, length).toString()

/** Whether text of a masked column may stand in this one. */
export const holdsText = ({ category }: ColumnShape) =>
  !['number', 'boolean', 'datetime', 'enum'].includes(category)

/** Whether some of it comes through as it was. */
export const isKept = ({ name, paths = {} }: Strategy) =>
  stays(name) || Object.values(paths).some(stays)
const stays = (name: StrategyName) => name === 'keep' || name === 'enum'
