import type { SchemaStatement } from '../../sources.ts'
import { quoteTable } from '../identifiers.ts'
import type { SchemaRequest } from './schema-script.ts'
import { statement } from './statements.ts'

interface SequenceRow {
  readonly next: string
  readonly least: string
  readonly most: string
  readonly step: string
  readonly cache: string
  readonly cycles: string
}

/** Defaults call them, so they come before the tables. */
export async function writeSequences({ catalog, relations }: SchemaRequest) {
  const statements: SchemaStatement[] = []
  for (const name of relations.sequences) {
    const sequence = quoteTable({ schema: catalog.database, name })
    const [row] = await catalog.rows<SequenceRow>(
      `SELECT next_not_cached_value AS next, minimum_value AS least, maximum_value AS most,
              increment AS step, cache_size AS cache, cycle_option AS cycles FROM ${sequence}`,
    )
    if (row === undefined) continue
    const { next, least, most, step, cache, cycles } = row
    const sql = `CREATE SEQUENCE ${sequence} START WITH ${next} MINVALUE ${least} MAXVALUE ${most}
      INCREMENT BY ${step} CACHE ${cache} ${cycles === '1' ? 'CYCLE' : 'NOCYCLE'}`
    statements.push(statement(`sequence ${catalog.database}.${name}`, sql))
  }
  return statements
}
