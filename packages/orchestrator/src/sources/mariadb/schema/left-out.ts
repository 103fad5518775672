import type { Finding } from '@stuntdouble/sdk/wire'
import type { SchemaRequest } from './schema-script.ts'

export const leftOut = (where: string, why: string): Finding => ({
  severity: 'warning',
  where,
  message: `Left out: ${why}.`,
})

interface Counted {
  readonly what: string
  readonly why: string
  readonly sql: string
}

/** Kinds of things that never come along. Counted, never read. */
const kinds: readonly Counted[] = [
  {
    what: 'events',
    why: 'nothing in a sandbox runs by itself',
    sql: 'SELECT COUNT(*) AS n FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?',
  },
  {
    what: 'comments of tables',
    why: 'people write names and passwords into them',
    sql: "SELECT COUNT(*) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' AND TABLE_COMMENT <> ''",
  },
  {
    what: 'comments of columns',
    why: 'people write names and passwords into them',
    sql: "SELECT COUNT(*) AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND COLUMN_COMMENT <> '' AND TABLE_NAME IN (SELECT TABLE_NAME FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = COLUMNS.TABLE_SCHEMA AND t.TABLE_TYPE = 'BASE TABLE')",
  },
]

export async function findKindsLeftOut({ catalog }: SchemaRequest): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { what, why, sql } of kinds) {
    const [row] = await catalog.rows<{ n: string }>(sql, [catalog.database])
    const message = `Left out: ${what} (${row?.n}), because ${why}.`
    if (Number(row?.n) > 0) findings.push({ severity: 'info', where: 'database', message })
  }
  return findings
}

/** Never so much as opened: another server, or a program, would answer. */
export const findElsewhere = ({ relations }: SchemaRequest): Finding[] =>
  relations.elsewhere.map(({ name, engine }) =>
    leftOut(
      `table ${name}`,
      `its rows are not in this server (${engine}), and a sandbox reaches no other`,
    ),
  )

/** Settings that change what a program’s statements mean, and that a sandbox does not take over. */
export async function findSettings({ catalog }: SchemaRequest): Promise<Finding[]> {
  const [row] = await catalog.rows<{ folded: string; mode: string }>(
    'SELECT @@lower_case_table_names AS folded, @@global.sql_mode AS mode',
  )
  const told = (message: string): Finding => ({ severity: 'warning', where: 'server', message })
  return [
    ...(row?.folded === '0'
      ? []
      : [told('It ignores the case of table names (lower_case_table_names); a sandbox does not.')]),
    ...(row?.mode === usualMode
      ? []
      : [told('Its sql_mode is not MariaDB’s own, which a sandbox has.')]),
  ]
}

const usualMode =
  'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION'
