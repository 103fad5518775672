import type { Catalog } from './catalog.ts'
import { sourceRefused } from './errors.ts'
import { quoteIdentifier } from './identifiers.ts'

/** What the account may do with the whole database. */
export interface Grants {
  has(privilege: string): boolean
}

/**
 * A table without a privilege is not listed to the account, so only a privilege on the whole database
 * shows that none is missing.
 */
export async function readGrants(catalog: Catalog): Promise<Grants> {
  const rows = await catalog.rows<Record<string, string>>('SHOW GRANTS')
  return grantsOn(
    catalog.database,
    rows.map((row) => Object.values(row)[0] ?? ''),
  )
}

export function grantsOn(database: string, lines: readonly string[]): Grants {
  const privileges = new Set(lines.flatMap((line) => privilegesOn(database, line)))
  return { has: (privilege) => privileges.has(privilege) || privileges.has('ALL PRIVILEGES') }
}

const grant = /^GRANT (.+) ON (\*|`(?:[^`]|``)+`)\.\* TO /s

function privilegesOn(database: string, line: string): string[] {
  const [, list = '', scope = ''] = grant.exec(line) ?? []
  if (scope !== '*' && !isLike(database, scope.slice(1, -1).replaceAll('``', '`'))) return []
  // Of columns alone: `SELECT (id, name)`.
  return list
    .replaceAll(/\([^)]*\)/g, '()')
    .split(',')
    .map((privilege) => privilege.trim())
}

/** A grant names databases by a pattern of LIKE. */
function isLike(database: string, pattern: string): boolean {
  const source = pattern.replaceAll(/\\([_%\\])|([_%])|[\s\S]/g, (found, escaped, wild) => {
    if (wild !== undefined) return wild === '%' ? '.*' : '.'
    return (escaped ?? found).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  })
  return new RegExp(`^${source}$`, 'is').test(database)
}

export function checkGrants(source: string, { database }: Catalog, grants: Grants): void {
  if (grants.has('SELECT')) return
  throw sourceRefused(
    source,
    `its account may not read all of ${database}, and what it may not read it does not even see.`,
    `Run on the source: GRANT SELECT, SHOW VIEW ON ${quoteIdentifier(database)}.* TO the account.`,
  )
}
