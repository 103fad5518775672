import type { Readable } from 'node:stream'
import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { TableRef } from '../../masking/masking.ts'
import { quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'
import { type ColumnType, readTypes } from './table-types.ts'
import { complaint } from './target-error.ts'
import { knownType } from './types.ts'

export interface Written {
  readonly table: TableRef
  readonly columns: readonly string[]
}

export interface Load {
  readonly sql: string
  readonly columns: readonly string[]
  /** Stands in complaints. */
  readonly doing: string
}

/** Bytes come in hex and bits as a number; everything else is its own text. */
export async function loadSql(session: Session, { table, columns }: Written): Promise<string> {
  const types = await readTypes(session, table, columns)
  const set = types.flatMap((type, at) => assigned(type, columns[at] ?? '', at) ?? [])
  const isSet = (type: ColumnType) => set.length > 0 && (type.counts || formOf(type) !== 'text')
  const taken = columns.map((name, at) => {
    const type = types[at]
    return type !== undefined && isSet(type) ? `@c${at}` : quoteIdentifier(name)
  })
  const counting = types.findIndex(({ counts }) => counts)
  // Beside a SET a 0 of a counting column would be counted up, whatever sql_mode says.
  if (set.length > 0 && counting >= 0)
    set.push(`${quoteIdentifier(columns[counting] ?? '')} = @c${counting}`)
  return `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quoteTable(table)} CHARACTER SET utf8mb4
    FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'
    (${taken.join(', ')})${set.length === 0 ? '' : ` SET ${set.join(', ')}`}`
}

const formOf = ({ type }: ColumnType) => knownType(type)?.form ?? 'text'

function assigned(type: ColumnType, name: string, at: number): string | undefined {
  const form = formOf(type)
  if (form === 'hex') return `${quoteIdentifier(name)} = UNHEX(SUBSTR(@c${at}, 3))`
  return form === 'bits' ? `${quoteIdentifier(name)} = CAST(@c${at} AS UNSIGNED)` : undefined
}

/**
 * Inside a transaction of the caller’s. A load skips or bends what it cannot take, and says so in
 * warnings: one is enough for the caller to keep nothing. Returns the rows taken.
 */
export async function loadRows(session: Session, load: Load, bytes: Readable): Promise<number> {
  const { affectedRows, warningStatus } = await session.load(load.sql, bytes)
  if (warningStatus > 0) throw await firstWarning(session, load)
  return affectedRows
}

async function firstWarning(session: Session, { doing, columns }: Load): Promise<SandboxError> {
  const [warning] = await session.rows<{ Code: string; Message: string }>('SHOW WARNINGS LIMIT 1')
  const column = namedIn(warning?.Message ?? '', columns)
  return complaint(doing, Number(warning?.Code), column === undefined ? '' : `at column ${column}`)
}

/** A warning quotes values, so no more of it is told than the name of a column that is known. */
function namedIn(message: string, columns: readonly string[]): string | undefined {
  const end = message.replace(/ at row \d+$/, '')
  return columns.find((column) =>
    [`\`${column}\``, `'${column}'`].some((name) => end.endsWith(name)),
  )
}
