import type { ColumnShape, StrategyName } from '../../masking/masking.ts'

type OnLeaf = (value: Buffer) => void

/** Takes a column's value apart into what a person would look for: a JSON's strings, an array's elements. */
export function eachLeaf(column: ColumnShape, value: Buffer, onLeaf: OnLeaf): void {
  if (column.category === 'json') eachJsonLeaf(value, onLeaf)
  else if (column.category === 'array') eachElement(value, onLeaf)
  else if (column.baseType === 'bytea') onLeaf(fromHex(value))
  else onLeaf(value)
}

/** `\x68656c6c6f`, as `bytea_output = hex` prints it. */
function fromHex(value: Buffer): Buffer {
  if (value[0] !== 92 || value[1] !== 120) return value
  return Buffer.from(value.toString('latin1', 2), 'hex')
}

function eachJsonLeaf(value: Buffer, onLeaf: OnLeaf): void {
  const pending: unknown[] = [parsed(value)]
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node === 'string') onLeaf(Buffer.from(node))
    else if (typeof node === 'number') onLeaf(Buffer.from(String(node)))
    else if (node !== null && typeof node === 'object') pending.push(...Object.values(node))
  }
}

function parsed(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString())
  } catch {
    return value.toString()
  }
}

/** Elements of `{a,"b c",{d}}`; https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function eachElement(value: Buffer, onLeaf: OnLeaf): void {
  const element = /"((?:[^"\\]|\\.)*)"|[^{},"]+/gs
  for (const [bare, quoted] of value.toString().matchAll(element)) {
    onLeaf(Buffer.from(quoted === undefined ? bare : quoted.replaceAll(/\\(.)/gs, '$1')))
  }
}

/** Whether text of a masked column may stand in this one. */
export const holdsText = ({ category }: ColumnShape) =>
  !['number', 'boolean', 'datetime', 'enum'].includes(category)

/** Masked as a whole, so that every leaf of it is gone. */
export const isWhole = (strategy: { readonly name: StrategyName; readonly paths?: object }) =>
  strategy.name !== 'keep' && strategy.paths === undefined
