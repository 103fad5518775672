import type { Finding } from '@stuntdouble/sdk/wire'
import type { SchemaStatement } from '../../sources.ts'
import { isServerError } from '../errors.ts'
import { quoteTable } from '../identifiers.ts'
import { leftOut } from './left-out.ts'
import type { SchemaRequest } from './schema-script.ts'
import { inMode, statement } from './statements.ts'

interface RoutineRow {
  readonly name: string
  readonly type: string
  readonly parameters: string
  readonly returns: string
  readonly body: string
  readonly fixed: string
  readonly access: string
  readonly security: string
  readonly mode: string
}

export interface Routines {
  readonly statements: readonly SchemaStatement[]
  readonly findings: readonly Finding[]
}

/** Owned by the sandbox’s role, whoever defined them: a definer’s powers do not come along. */
export async function writeRoutines(request: SchemaRequest): Promise<Routines> {
  const { database } = request.catalog
  const rows = await readRoutines(request)
  if (rows === undefined) return { statements: [], findings: [unseen] }
  const known = rows.filter(({ type }) => type === 'FUNCTION' || type === 'PROCEDURE')
  return {
    statements: known.flatMap((row) => createRoutine(database, row)),
    findings: rows
      .filter((row) => !known.includes(row))
      .map(({ type, name }) => leftOut(`${type.toLowerCase()} ${name}`, 'it is not supported yet')),
  }
}

const unseen = leftOut(
  'routines',
  'the account may not see them. Grant it SELECT on mysql.proc if the database has any',
)

const denied = new Set([1142, 1143, 1044, 1146])

/** Undefined where the account may not look. */
async function readRoutines({ catalog }: SchemaRequest): Promise<RoutineRow[] | undefined> {
  try {
    return await catalog.rows<RoutineRow>(
      `SELECT name, type, param_list AS parameters, returns, body, is_deterministic AS fixed,
              sql_data_access AS access, security_type AS security, sql_mode AS mode
         FROM mysql.proc WHERE db = ? ORDER BY type, name`,
      [catalog.database],
    )
  } catch (cause) {
    if (isServerError(cause) && denied.has(cause.errno)) return undefined
    throw cause
  }
}

function createRoutine(database: string, row: RoutineRow): SchemaStatement[] {
  const what = `${row.type.toLowerCase()} ${database}.${row.name}`
  const parts = [
    `CREATE ${row.type} ${quoteTable({ schema: database, name: row.name })} (${row.parameters})`,
    row.type === 'FUNCTION' ? `RETURNS ${row.returns}` : '',
    row.fixed === 'YES' ? 'DETERMINISTIC' : 'NOT DETERMINISTIC',
    row.access.replaceAll('_', ' '),
    `SQL SECURITY ${row.security === 'INVOKER' ? 'INVOKER' : 'DEFINER'}`,
    row.body,
  ]
  return inMode(row.mode, statement(what, parts.filter(Boolean).join('\n')))
}
