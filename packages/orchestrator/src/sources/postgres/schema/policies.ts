import { quoteIdentifier } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import { type Catalog, type Collector, ownedByUser, ranks } from './schema-object.ts'

interface PolicyRow {
  readonly oid: number
  readonly policy: string
  readonly table: number
  readonly schema: string
  readonly name: string
  readonly permissive: boolean
  readonly command: string
  readonly roles: readonly (string | null)[]
  readonly using: string | null
  readonly check: string | null
}

const commands: Readonly<Record<string, string>> = {
  '*': 'ALL',
  r: 'SELECT',
  a: 'INSERT',
  w: 'UPDATE',
  d: 'DELETE',
}

export const collectPolicies: Collector = async (catalog) => {
  const rows = await catalog.rows<PolicyRow>(
    `SELECT p.oid, p.polname AS policy, p.polrelid AS table, n.nspname AS schema, c.relname AS name,
            p.polpermissive AS permissive, p.polcmd AS command,
            ARRAY(SELECT r.rolname::text FROM unnest(p.polroles) AS role LEFT JOIN pg_roles r ON r.oid = role) AS roles,
            pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check
       FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY p.oid`,
    [catalog.schemas],
  )
  const security = await rowSecurity(catalog)
  return {
    objects: [
      ...rows.map((row) => ({
        key: `pg_policy:${row.oid}`,
        rank: ranks.policy,
        what: `policy ${row.schema}.${row.name}.${row.policy}`,
        sql: [createPolicy(row)],
        needs: [`pg_class:${row.table}`],
      })),
      ...security,
    ],
  }
}

function createPolicy(row: PolicyRow): string {
  const roles = row.roles.map((role) => (role === null ? 'PUBLIC' : quoteIdentifier(role)))
  const parts = [
    `CREATE POLICY ${quoteIdentifier(row.policy)} ON ${qualified(row)}`,
    `AS ${row.permissive ? 'PERMISSIVE' : 'RESTRICTIVE'}`,
    `FOR ${commands[row.command] ?? 'ALL'} TO ${roles.join(', ')}`,
    row.using === null ? '' : `USING (${row.using})`,
    row.check === null ? '' : `WITH CHECK (${row.check})`,
  ]
  return parts.filter(Boolean).join(' ')
}

async function rowSecurity(catalog: Catalog) {
  const rows = await catalog.rows<{ oid: number; schema: string; name: string; forced: boolean }>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relforcerowsecurity AS forced
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relrowsecurity AND c.relkind IN ('r', 'p') AND c.relnamespace = ANY($1)
        AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY c.oid`,
    [catalog.schemas],
  )
  return rows.map((row) => ({
    key: `row-security:${row.oid}`,
    rank: ranks.rowSecurity,
    what: `row security of ${row.schema}.${row.name}`,
    sql: [
      `ALTER TABLE ${qualified(row)} ENABLE ROW LEVEL SECURITY`,
      ...(row.forced ? [`ALTER TABLE ${qualified(row)} FORCE ROW LEVEL SECURITY`] : []),
    ],
    needs: [`pg_class:${row.oid}`],
  }))
}
