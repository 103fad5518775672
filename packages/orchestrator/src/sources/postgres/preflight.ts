import { sourceRefused } from './errors.ts'
import { quoteIdentifier } from './identifiers.ts'
import type { InspectedTable } from './inspect.ts'
import type { Catalog } from './schema/schema-object.ts'

const oldest = 13
const newest = 18

export function checkVersion(name: string, version: number): void {
  if (version >= oldest && version <= newest) return
  throw sourceRefused(
    name,
    `the server is PostgreSQL ${version}.`,
    `PostgreSQL ${oldest} to ${newest} can be copied.`,
  )
}

/** Every table must be readable, whole: a privilege that lacks or a policy that hides rows stops here. */
export async function checkAccess(
  name: string,
  catalog: Catalog,
  tables: readonly InspectedTable[],
): Promise<void> {
  const [{ role } = { role: '' }] = await catalog.rows<{ role: string }>(
    'SELECT current_user::text AS role',
  )
  const oids = tables.map(({ oid }) => oid)
  const unreadable = await catalog.rows<{ name: string }>(unreadableSql, [oids])
  if (unreadable.length > 0) throw missingPrivilege(name, role, unreadable)
  const hidden = await catalog.rows<{ name: string }>(hiddenSql, [oids])
  if (hidden.length > 0) throw hiddenRows(name, role, hidden)
}

const unreadableSql = `
  SELECT c.oid::regclass::text AS name FROM pg_class c
   WHERE c.oid = ANY($1) AND NOT (has_schema_privilege(c.relnamespace, 'USAGE') AND (
     has_table_privilege(c.oid, 'SELECT') OR NOT EXISTS (
       SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT'))))
   ORDER BY 1`

const hiddenSql = `
  SELECT c.oid::regclass::text AS name FROM pg_class c
   WHERE c.oid = ANY($1) AND row_security_active(c.oid) ORDER BY 1`

function missingPrivilege(name: string, role: string, tables: readonly { name: string }[]) {
  return sourceRefused(
    name,
    `role ${role} may not read ${listed(tables)}.`,
    `Run on the source: GRANT pg_read_all_data TO ${quoteIdentifier(role)} (14 and newer), or GRANT USAGE on the schemas and SELECT on the tables.`,
  )
}

function hiddenRows(name: string, role: string, tables: readonly { name: string }[]) {
  return sourceRefused(
    name,
    `row-level security hides rows of ${listed(tables)} from role ${role}.`,
    `Run on the source: ALTER ROLE ${quoteIdentifier(role)} BYPASSRLS, or use a role that has it.`,
  )
}

function listed(tables: readonly { name: string }[]): string {
  const names = tables.slice(0, 10).map((table) => table.name)
  const more = tables.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
