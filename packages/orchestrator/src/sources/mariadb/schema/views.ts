import type { Finding } from '@stuntdouble/sdk/wire'
import type { SchemaStatement } from '../../sources.ts'
import { sourceRefused } from '../errors.ts'
import { quoteIdentifier, quoteTable } from '../identifiers.ts'
import { leftOut } from './left-out.ts'
import type { SchemaRequest } from './schema-script.ts'
import { statement } from './statements.ts'

interface ViewRow {
  readonly name: string
  readonly definition: string
  readonly security: string
  readonly algorithm: string
  readonly check: string
}

export interface Views {
  readonly statements: readonly SchemaStatement[]
  readonly findings: readonly Finding[]
}

/** Each after those it reads; what reads something that stays behind, stays behind. */
export async function writeViews(request: SchemaRequest): Promise<Views> {
  const { source, catalog, inspected, relations } = request
  const views = await readViews(request)
  const hidden = views.filter(({ definition }) => definition === '')
  if (hidden.length > 0) throw viewsHidden(source, catalog.database)

  const databases = await otherDatabases(request)
  const gone = new Set(relations.elsewhere.map(({ name }) => name))
  const findings: Finding[] = []
  const kept = inOrder(catalog.database, views).filter((view) => {
    const why = reasonToLeave(view)
    if (why === undefined) return true
    gone.add(view.name)
    findings.push(leftOut(`view ${view.name}`, why))
    return false
  })
  return { statements: kept.map((view) => createView(catalog.database, view)), findings }

  function reasonToLeave({ name, definition }: ViewRow): string | undefined {
    if (!inspected.columns.has(name)) return 'it reads something that is no longer there'
    const reads = (names: Iterable<string>, of: (name: string) => string) =>
      [...names].some((each) => definition.includes(of(each)))
    if (reads(databases, (each) => `${quoteIdentifier(each)}.`)) {
      return 'it reads another database, which is not copied'
    }
    if (reads(gone, (each) => quoteTable({ schema: catalog.database, name: each }))) {
      return 'it reads something that is left out'
    }
    return undefined
  }
}

const readViews = ({ catalog }: SchemaRequest) =>
  catalog.rows<ViewRow>(
    `SELECT TABLE_NAME AS name, VIEW_DEFINITION AS definition, SECURITY_TYPE AS security,
            ALGORITHM AS algorithm, CHECK_OPTION AS \`check\`
       FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME`,
    [catalog.database],
  )

async function otherDatabases({ catalog }: SchemaRequest): Promise<string[]> {
  const rows = await catalog.rows<{ name: string }>(
    'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME <> ?',
    [catalog.database],
  )
  return rows.map(({ name }) => name)
}

/** The server writes every name of a definition with its database and in quotes. */
function inOrder(database: string, views: readonly ViewRow[]): readonly ViewRow[] {
  const done = new Set<ViewRow>()
  const visit = (view: ViewRow): void => {
    if (done.has(view)) return
    open.add(view)
    const below = views.filter(
      (other) =>
        !open.has(other) &&
        view.definition.includes(quoteTable({ schema: database, name: other.name })),
    )
    for (const other of below) visit(other)
    done.add(view)
  }
  const open = new Set<ViewRow>()
  for (const view of views) visit(view)
  return [...done]
}

const algorithms = new Set(['MERGE', 'TEMPTABLE'])
const checks = new Set(['LOCAL', 'CASCADED'])

/** Owned by the sandbox’s role, whoever defined it. */
function createView(database: string, view: ViewRow): SchemaStatement {
  const { name, definition, security, algorithm, check } = view
  const sql = `CREATE ALGORITHM=${algorithms.has(algorithm) ? algorithm : 'UNDEFINED'}
    SQL SECURITY ${security === 'INVOKER' ? 'INVOKER' : 'DEFINER'}
    VIEW ${quoteTable({ schema: database, name })} AS ${definition}`
  const option = checks.has(check) ? ` WITH ${check} CHECK OPTION` : ''
  return statement(`view ${database}.${name}`, sql + option)
}

const viewsHidden = (source: string, database: string) =>
  sourceRefused(
    source,
    `its account may not see how the views of ${database} are defined.`,
    `Run on the source: GRANT SHOW VIEW ON ${quoteIdentifier(database)}.* TO the account.`,
  )
