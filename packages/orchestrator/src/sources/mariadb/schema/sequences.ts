import type { SchemaStatement } from '../../sources.ts'
import { quoteIdentifier, quoteLiteral, quoteTable } from '../identifiers.ts'
import type { SchemaRequest } from './schema-script.ts'
import { statement } from './statements.ts'

interface SequenceRow {
  readonly start: string
  readonly next: string
  readonly least: string
  readonly most: string
  readonly step: string
  readonly cache: string
  readonly cycles: string
}

/** Defaults call them, so they come before the tables. Where they stand tells how much production made. */
export async function writeSequences({ catalog, relations, exactSequences }: SchemaRequest) {
  const statements: SchemaStatement[] = []
  for (const name of relations.sequences) {
    const sequence = quoteTable({ schema: catalog.database, name })
    const [row] = await catalog.rows<SequenceRow>(
      `SELECT start_value AS start, next_not_cached_value AS next, minimum_value AS least,
              maximum_value AS most, increment AS step, cache_size AS cache, cycle_option AS cycles
         FROM ${sequence}`,
    )
    if (row === undefined) continue
    const { start, next, least, most, step, cache, cycles } = row
    const sql = `CREATE SEQUENCE ${sequence} START WITH ${exactSequences ? next : start} MINVALUE ${least}
      MAXVALUE ${most} INCREMENT BY ${step} CACHE ${cache} ${cycles === '1' ? 'CYCLE' : 'NOCYCLE'}`
    statements.push(statement(`sequence ${catalog.database}.${name}`, sql))
  }
  return statements
}

/** Behind the greatest value of every column whose default draws from it. */
export function fitSequences(request: SchemaRequest): SchemaStatement[] {
  const { catalog, relations, inspected, exactSequences } = request
  if (exactSequences) return []
  return relations.sequences.flatMap((name) => {
    const sequence = quoteTable({ schema: catalog.database, name })
    const drawing = [...inspected.columns.values()]
      .flat()
      .filter(({ preset }) => preset?.includes(`nextval(${sequence})`))
    return drawing.flatMap((column) => {
      const what = `position of sequence ${catalog.database}.${name}`
      const table = quoteTable({ schema: catalog.database, name: column.table })
      const set = quoteLiteral(`DO SETVAL(${sequence}, `)
      return [
        statement(
          what,
          `SET @greatest = (SELECT MAX(${quoteIdentifier(column.name)}) FROM ${table})`,
        ),
        // It takes numbers alone, and goes only forward.
        statement(
          what,
          `EXECUTE IMMEDIATE IF(@greatest IS NULL, 'DO 0', CONCAT(${set}, @greatest, ')'))`,
        ),
      ]
    })
  })
}
