import type { DistinctRule } from '../../masking/masking.ts'
import type { ColumnRow, KeyRow } from './catalog.ts'
import { namesIn } from './names-in.ts'
import { knownType } from './types.ts'

/** What no two rows of a table may share. */
export interface Promises {
  /** Keys over whole columns, or over so much of them that a mask finds room for what sets it apart. */
  readonly uniques: readonly (readonly string[])[]
  readonly rules: readonly DistinctRule[]
  /** Characters of a column that a key compares, where that is not all of them. */
  readonly compared: ReadonlyMap<string, number>
}

/** Twenty characters tell two masked values apart by every strategy; of fewer some would not. */
const enough = 20

export function promisesOf(keys: readonly KeyRow[], columns: readonly ColumnRow[]): Promises {
  const unique = keys.filter((key) => key.unique === '1')
  const all = [...Map.groupBy(unique, ({ key }) => key).values()]
  const byName = new Map(columns.map((column) => [column.name, column]))
  const isPlain = (part: KeyRow) => {
    const column = byName.get(part.column)
    return column?.generation === null && (part.part === null || comparesEnough(part, column))
  }
  const plain = all.filter((parts) => parts.every(isPlain))
  return {
    uniques: plain.map((parts) => parts.map(({ column }) => column)),
    rules: all
      .filter((parts) => !plain.includes(parts))
      .map((parts) => ruleOf(parts, { byName, isPlain })),
    compared: comparedIn(plain.flat()),
  }
}

const comparesEnough = ({ part }: KeyRow, { dataType }: ColumnRow) =>
  Number(part) >= enough && knownType(dataType)?.category === 'string'

function comparedIn(parts: readonly KeyRow[]): ReadonlyMap<string, number> {
  const partial = parts.filter(({ part }) => part !== null)
  return new Map(
    [...Map.groupBy(partial, ({ column }) => column)].map(([column, those]) => [
      column,
      Math.min(...those.map(({ part }) => Number(part))),
    ]),
  )
}

interface Known {
  readonly byName: ReadonlyMap<string, ColumnRow>
  readonly isPlain: (part: KeyRow) => boolean
}

/** A key over an expression is one over a generated column. */
function ruleOf(parts: readonly KeyRow[], { byName, isPlain }: Known): DistinctRule {
  const names = [...byName.keys()]
  const equal: { column: string; folded: boolean }[] = []
  const opaque: string[] = []
  for (const part of parts) {
    const expression = byName.get(part.column)?.generation ?? null
    const folded = expression === null ? undefined : foldedColumn(expression, names)
    if (isPlain(part)) equal.push({ column: part.column, folded: false })
    else if (folded !== undefined && part.part === null)
      equal.push({ column: folded, folded: true })
    else opaque.push(...(expression === null ? [part.column] : namesIn(expression, names)))
  }
  return { name: parts[0]?.key ?? '', equal, opaque, nullness: [] }
}

/** A mask that folds case keeps such values apart. */
function foldedColumn(expression: string, columns: readonly string[]): string | undefined {
  const [, name] = /^(?:lcase|ucase|lower|upper)\(`((?:[^`]|``)+)`\)$/.exec(expression) ?? []
  return columns.find((column) => column === name?.replaceAll('``', '`'))
}
