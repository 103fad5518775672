import { quoteLiteral } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import { type Collector, ownedByUser, ranks } from './schema-object.ts'

interface CollationRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly provider: string
  readonly deterministic: boolean
  readonly locale: string | null
}

const locale = (version: number) => {
  if (version >= 17) return 'coalesce(c.colllocale, c.collcollate)'
  return version >= 15 ? 'coalesce(c.colliculocale, c.collcollate)' : 'c.collcollate'
}

const providers: Readonly<Record<string, string>> = { i: 'icu', c: 'libc', b: 'builtin' }

export const collectCollations: Collector = async (catalog) => {
  const rows = await catalog.rows<CollationRow>(
    `SELECT c.oid, n.nspname AS schema, c.collname AS name, c.collprovider AS provider,
            c.collisdeterministic AS deterministic, ${locale(catalog.version)} AS locale
       FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
      WHERE c.collnamespace = ANY($1) AND ${ownedByUser('pg_collation', 'c.oid')} ORDER BY c.oid`,
    [catalog.schemas],
  )
  return {
    objects: rows.map((row) => ({
      key: `pg_collation:${row.oid}`,
      rank: ranks.collation,
      what: `collation ${row.schema}.${row.name}`,
      sql: [
        `CREATE COLLATION ${qualified(row)} (PROVIDER = ${providers[row.provider] ?? 'libc'}, LOCALE = ${quoteLiteral(row.locale ?? 'C')}, DETERMINISTIC = ${row.deterministic})`,
      ],
    })),
  }
}
