import type { CheckRow, ColumnRow } from '../catalog.ts'
import { quoteIdentifier } from '../identifiers.ts'

/** Without its comment. A check of its own comes along with it, so that JSON stays JSON. */
export function columnClause(column: ColumnRow, checks: readonly CheckRow[]): string {
  const parts = [
    quoteIdentifier(column.name),
    typeOf(column),
    column.generation === null ? ownParts(column) : generated(column),
    /\binvisible\b/i.test(column.extra) ? 'INVISIBLE' : '',
    ...checks.filter((check) => isOf(check, column)).map(({ clause }) => `CHECK (${clause})`),
  ]
  return parts.filter(Boolean).join(' ')
}

/** A column’s check bears its name, and is told from a table’s by its level. */
export const isOf = ({ level, name }: CheckRow, column: ColumnRow) =>
  level === 'Column' && name === column.name

function typeOf({ type, charset, collation }: ColumnRow): string {
  // `/*M!100301 COMPRESSED*/` and the like: how it is stored, not what it holds.
  const plain = type.replaceAll(/\/\*.*?\*\//gs, '').trim()
  if (charset === null || collation === null) return plain
  return `${plain} CHARACTER SET ${quoteIdentifier(charset)} COLLATE ${quoteIdentifier(collation)}`
}

function generated({ generation, extra }: ColumnRow): string {
  return `GENERATED ALWAYS AS (${generation}) ${/virtual/i.test(extra) ? 'VIRTUAL' : 'STORED'}`
}

function ownParts({ nullable, preset, extra, dataType }: ColumnRow): string {
  const onUpdate = /\bon update (current_timestamp(?:\(\d*\))?)/i.exec(extra)?.[1]
  const parts = [
    nullable === 'NO' ? 'NOT NULL' : dataType === 'timestamp' ? 'NULL' : '',
    preset === null ? '' : `DEFAULT ${preset}`,
    onUpdate === undefined ? '' : `ON UPDATE ${onUpdate}`,
    isCounting({ extra }) ? 'AUTO_INCREMENT' : '',
  ]
  return parts.filter(Boolean).join(' ')
}

export const isCounting = ({ extra }: Pick<ColumnRow, 'extra'>) => /\bauto_increment\b/i.test(extra)
