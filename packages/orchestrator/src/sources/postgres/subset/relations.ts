import { type TableRef, tableKey } from '../../../masking/masking.ts'
import type { Graph, Likeness, Reference } from '../../subset/subset.ts'
import type { InspectedTable } from '../inspect.ts'
import type { Session } from '../session.ts'
import { likeReference } from './like-reference.ts'

/** A table with rows of its own. */
export interface Leaf extends TableRef {
  readonly oid: number
  readonly key: string
  /** What tells its rows apart: the primary key, or else everything. */
  readonly identity: readonly string[]
}

export interface PostgresReference extends Reference {
  readonly pairs: readonly Pair[]
}

/** A column that refers, and the one it refers to. */
export interface Pair {
  readonly from: string
  readonly to: string
  /** Between `to` and `from`, in this order; such as `pg_catalog.=`. */
  readonly operator: string
  /** Where the columns differ in theirs. */
  readonly collation: string | null
  readonly asText?: boolean
}

export interface Relations extends Graph<PostgresReference> {
  leaf(key: string): Leaf
  keyOf(oid: number): string
}

export interface Inspected {
  readonly schemas: readonly number[]
  readonly tables: readonly InspectedTable[]
}

/** Tables and foreign keys as the server checks them: with a key’s own operators and collations. */
export async function readRelations(
  session: Session,
  { schemas, tables }: Inspected,
  likeness: readonly Likeness[],
): Promise<Relations> {
  const rows = await session.rows<RelationRow>(relationsSql, [schemas])
  const keys = await session.rows<ForeignKeyRow>(foreignKeysSql, [schemas])
  const known = new Map(tables.map((table) => [table.oid, table]))
  const byOid = new Map(rows.map((row) => [row.oid, relationOf(row, known)]))
  const byName = new Map([...byOid.values()].map((relation) => [relation.name, relation.leaves]))
  const leaves = new Map(rows.flatMap((row) => leafOf(row, known)).map((leaf) => [leaf.key, leaf]))
  const leavesOf = (table: TableRef) => byName.get(tableKey(table)) ?? []
  const references = [
    ...keys.flatMap(({ from, to, pairs }) => between(byOid.get(from), byOid.get(to), pairs)),
    ...likeness.flatMap((like) => likeReference(like, tables, leavesOf)),
  ]
  return {
    tables: tables.map(tableKey),
    references,
    leavesOf,
    leaf: (key) => {
      const leaf = leaves.get(key)
      if (leaf === undefined) throw new TypeError('a table that was not inspected')
      return leaf
    },
    keyOf: (oid) => tableKey(known.get(oid) as InspectedTable),
  }
}

interface RelationRow extends TableRef {
  readonly oid: number
  readonly leaves: readonly number[]
  readonly key: readonly string[] | null
}

interface ForeignKeyRow {
  readonly from: number
  readonly to: number
  readonly pairs: readonly Pair[]
}

type Known = ReadonlyMap<number, InspectedTable>

/** Partitions that live on another server are never read. */
const relationOf = (row: RelationRow, known: Known) => ({
  name: tableKey(row),
  leaves: row.leaves.flatMap((oid) => {
    const table = known.get(oid)
    return table ? [tableKey(table)] : []
  }),
})

function leafOf({ oid, key }: RelationRow, known: Known): Leaf[] {
  const table = known.get(oid)
  if (table === undefined) return []
  const { schema, name, columns } = table
  const all = columns.filter(({ generated }) => !generated).map((column) => column.name)
  return [{ oid, schema, name, key: tableKey(table), identity: key ?? all }]
}

type Relation = ReturnType<typeof relationOf>

/** A period refers to all it overlaps. A key from or to a table of a schema that is not copied does not come along either. */
function between(
  from: Relation | undefined,
  to: Relation | undefined,
  pairs: readonly Pair[],
): PostgresReference[] {
  if (!from?.leaves.length || !to?.leaves.length) return []
  const names = { fromName: from.name, toName: to.name }
  const single = pairs.every(({ operator }) => operator.endsWith('.='))
  return [{ from: from.leaves, to: to.leaves, ...names, pairs, single }]
}

const relationsSql = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name,
    CASE c.relkind WHEN 'r' THEN json_build_array(c.oid::bigint)
      ELSE coalesce((SELECT json_agg(t.relid::oid::bigint) FROM pg_partition_tree(c.oid) t WHERE t.isleaf), '[]') END AS leaves,
    (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
      WHERE i.indrelid = c.oid AND i.indisprimary) AS key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = ANY($1) ORDER BY c.oid`

/** What a partition has of its table’s keys, and a key of the partitions it leads to, is told by the table’s own. */
const foreignKeysSql = `
  SELECT k.conrelid AS from, k.confrelid AS to,
    (SELECT json_agg(json_build_object('from', f.attname, 'to', t.attname,
         'operator', quote_ident(ns.nspname) || '.' || o.oprname,
         'collation', CASE WHEN f.attcollation <> t.attcollation AND t.attcollation <> 0
           THEN (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
                   FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = t.attcollation) END) ORDER BY part.at)
       FROM unnest(k.conkey, k.confkey, k.conpfeqop) WITH ORDINALITY AS part("from", "to", operator, at)
       JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = part."from"
       JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = part."to"
       JOIN pg_operator o ON o.oid = part.operator JOIN pg_namespace ns ON ns.oid = o.oprnamespace) AS pairs
  FROM pg_constraint k
  WHERE k.contype = 'f' AND k.conparentid = 0 AND k.connamespace = ANY($1) ORDER BY k.oid`
