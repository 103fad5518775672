import type { Finding } from '@stuntdouble/sdk/wire'
import type { SchemaStatement } from '../../sources.ts'
import { quoteIdentifier, quoteTable } from '../identifiers.ts'
import { leftOut } from './left-out.ts'
import type { SchemaRequest } from './schema-script.ts'
import { inMode, statement } from './statements.ts'

interface TriggerRow {
  readonly name: string
  readonly table: string
  readonly timing: string
  readonly event: string
  readonly body: string
  readonly mode: string
}

/** Made after the data, so that copying fires none, in the order in which they fire. */
export async function writeTriggers({ catalog }: SchemaRequest): Promise<SchemaStatement[]> {
  const { database } = catalog
  const rows = await catalog.rows<TriggerRow>(
    `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS \`table\`, ACTION_TIMING AS timing,
            EVENT_MANIPULATION AS event, ACTION_STATEMENT AS body, SQL_MODE AS mode
       FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?
      ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
    [database],
  )
  return rows.flatMap(({ name, table, timing, event, body, mode }) => {
    const sql = `CREATE TRIGGER ${quoteTable({ schema: database, name })} ${timing} ${event}
      ON ${quoteTable({ schema: database, name: table })} FOR EACH ROW ${body}`
    return inMode(mode, statement(`trigger ${quoteIdentifier(name)} of ${database}.${table}`, sql))
  })
}

/** The right to see them is the right to make them, which a reader should not have. */
export const findUnseenTriggers = ({ grants }: SchemaRequest): Finding[] =>
  grants.has('TRIGGER')
    ? []
    : [leftOut('triggers', 'the account may not see them, for want of the TRIGGER privilege')]
