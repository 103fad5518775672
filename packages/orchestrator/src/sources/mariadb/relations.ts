import type { Catalog } from './catalog.ts'
import { sourceRefused } from './errors.ts'

export interface Relation {
  readonly name: string
  readonly type: string
  readonly engine: string | null
}

/** What a database holds beside code, told apart by what becomes of it. */
export interface Relations {
  readonly tables: readonly string[]
  readonly views: readonly string[]
  readonly sequences: readonly string[]
  /** Tables whose rows are elsewhere: never read. */
  readonly elsewhere: readonly Relation[]
}

/** Their rows come from another server, another program or nowhere. */
const elsewhere =
  /^(federated|federatedx|connect|spider|s3|blackhole|mrg_myisam|mrg_isam|oqgraph|sphinx)$/i

/** Asks for no more than names, so that nothing but InnoDB’s own tables is opened later on. */
export async function readRelations(source: string, catalog: Catalog): Promise<Relations> {
  const all = await catalog.rows<Relation>(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine
       FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY BINARY TABLE_NAME`,
    [catalog.database],
  )
  const based = all.filter(({ type }) => !['VIEW', 'SEQUENCE', 'SYSTEM VIEW'].includes(type))
  const near = based.filter(({ engine }) => !elsewhere.test(engine ?? ''))
  refuseOthers(source, near)
  return {
    tables: near.map(({ name }) => name),
    views: namesOf(all, 'VIEW'),
    sequences: namesOf(all, 'SEQUENCE'),
    elsewhere: based.filter(({ engine }) => elsewhere.test(engine ?? '')),
  }
}

const namesOf = (all: readonly Relation[], wanted: string) =>
  all.filter(({ type }) => type === wanted).map(({ name }) => name)

function refuseOthers(source: string, tables: readonly Relation[]): void {
  const versioned = tables.filter(({ type }) => type === 'SYSTEM VERSIONED')
  if (versioned.length > 0) {
    throw sourceRefused(
      source,
      `${listed(versioned)} keep their history (system versioning), which cannot be copied.`,
      'Leave them in a database of their own, or drop the versioning.',
    )
  }
  const loose = tables.filter(({ engine }) => engine?.toLowerCase() !== 'innodb')
  if (loose.length === 0) return
  throw sourceRefused(
    source,
    `${listed(loose)} are not InnoDB (${[...new Set(loose.map(({ engine }) => engine))].join(', ')}), and have no moment at which they could be read whole.`,
    'Convert them with ALTER TABLE … ENGINE=InnoDB, or move them to another database.',
  )
}

function listed(items: readonly { readonly name: string }[]): string {
  const names = items.slice(0, 10).map(({ name }) => name)
  const more = items.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
