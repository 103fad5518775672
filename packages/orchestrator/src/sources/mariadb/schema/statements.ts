import type { SchemaStatement } from '../../sources.ts'

export const statement = (what: string, sql: string): SchemaStatement => ({ what, sql })

/** How the session that writes reads SQL, when nothing else is asked for. */
export const plainMode =
  'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'

/** Code is read as it was when it was written, or it would say something else. */
export function inMode(mode: string, made: SchemaStatement): SchemaStatement[] {
  const safe = /^[A-Z_,]*$/.test(mode) ? mode : ''
  return [
    statement(made.what, `SET SESSION sql_mode = '${safe}'`),
    made,
    statement(made.what, `SET SESSION sql_mode = '${plainMode}'`),
  ]
}
