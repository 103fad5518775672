import type { Root } from '../../subset/subset.ts'
import { mostRows } from '../../subset/taken.ts'
import { quoteIdentifier, quoteTable } from '../identifiers.ts'
import type { Leaf, Pair, PostgresReference } from './relations.ts'
import { tids } from './row-numbers.ts'

/**
 * Statements that find rows. Each yields leaf, ctid and how many a limit left out there: no value leaves
 * the server. Partitions are named one by one, so that none on another server is read through.
 */

export interface Around {
  readonly reference: PostgresReference
  readonly leaf: Leaf
  /** Of the leaf; all where undefined. */
  readonly rows: Float64Array | undefined
  readonly into: readonly Leaf[]
}

/** One more than can be held tells that there are too many. */
const atMost = `LIMIT ${mostRows + 1}`

export function parentsSql({ reference, leaf, rows, into }: Around): string {
  const { pairs } = reference
  const matches = pairs.map((pair, at) =>
    equals(pair, `p.k${at}`, `c.${quoteIdentifier(pair.from)}`),
  )
  const given = rows === undefined ? [] : [`c.ctid = ANY(${tids(rows)})`]
  const parents = selectRows(into, { columns: pairs.map(({ to }) => to) })
  return `SELECT p.leaf, p.place, 0 FROM (${parents}) AS p
    WHERE EXISTS (SELECT FROM ONLY ${quoteTable(leaf)} AS c WHERE ${[...given, ...matches].join(' AND ')}) ${atMost}`
}

export function childrenSql(
  { reference, leaf, rows, into }: Around,
  perParent: number | undefined,
): string {
  const { pairs } = reference
  const matches = pairs.map((pair, at) => equals(pair, `p.${quoteIdentifier(pair.to)}`, `c.k${at}`))
  const given = rows === undefined ? [] : [`p.ctid = ANY(${tids(rows)})`]
  const ranked = perParent !== undefined
  const children = selectRows(into, { columns: pairs.map(({ from }) => from), ranked })
  const joined = `FROM ONLY ${quoteTable(leaf)} AS p JOIN (${children}) AS c ON ${matches.join(' AND ')}
    WHERE ${given.join(' AND ') || 'true'}`
  if (!ranked) return `SELECT c.leaf, c.place, 0 ${joined} ${atMost}`
  const numbered = `SELECT c.leaf, c.place, row_number() OVER (PARTITION BY p.ctid ORDER BY c.rank) AS number,
    count(*) OVER (PARTITION BY p.ctid) AS total ${joined}`
  return `SELECT leaf, place, CASE WHEN number = ${perParent} THEN total - number ELSE 0 END
    FROM (${numbered}) AS numbered WHERE number <= ${perParent} ${atMost}`
}

export interface RootQuery {
  readonly root: Root
  readonly leaves: readonly Leaf[]
}

export function rootsSql({ root, leaves }: RootQuery): string {
  const { limit } = root
  const roots = `(${matching({ root, leaves })}) AS roots`
  if (limit === undefined) return `SELECT leaf, place, 0 FROM ${roots} ${atMost}`
  return `SELECT leaf, place, 0 FROM ${roots} ORDER BY rank LIMIT ${Math.min(limit, mostRows + 1)}`
}

export const countRootsSql = (query: RootQuery) =>
  `SELECT count(*) AS rows FROM (${matching(query)}) AS roots`

/** The table’s own name stands before its columns, also where a partition is read. */
function matching({ root, leaves }: RootQuery): string {
  const alias = quoteIdentifier(root.table.name)
  return selectRows(leaves, {
    columns: [],
    ranked: true,
    alias,
    condition: (leaf) => holds(root, leaf),
  })
}

/** The closing parenthesis is out of reach of what was typed. */
export const whereSql = (where: string) => `(\n${where}\n)`

const buckets = 2 ** 30

function holds({ table, where, samplePercent }: Root, leaf: Leaf): string {
  const below = Math.round(((samplePercent ?? 100) / 100) * buckets)
  const sampled = `(${rankSql(leaf, quoteIdentifier(table.name))} & ${buckets - 1}) < ${below}`
  const conditions = [
    ...(where === undefined ? [] : [whereSql(where)]),
    ...(samplePercent === undefined ? [] : [sampled]),
  ]
  return conditions.join(' AND ') || 'true'
}

interface Selected {
  readonly columns: readonly string[]
  readonly ranked?: boolean
  readonly alias?: string
  condition?(leaf: Leaf): string
}

function selectRows(leaves: readonly Leaf[], selected: Selected): string {
  const { columns, ranked = false, alias = 't', condition } = selected
  const one = (leaf: Leaf) => {
    const list = [
      `${leaf.oid}::oid AS leaf`,
      `${alias}.ctid AS place`,
      ...columns.map((column, at) => `${alias}.${quoteIdentifier(column)} AS k${at}`),
      ...(ranked ? [`${rankSql(leaf, alias)} AS rank`] : []),
    ]
    const where = condition ? ` WHERE ${condition(leaf)}` : ''
    return `SELECT ${list.join(', ')} FROM ONLY ${quoteTable(leaf)} AS ${alias}${where}`
  }
  return leaves.map(one).join(' UNION ALL ')
}

/** The same for equal rows, everywhere and every time, and in no order that means something. */
const rankSql = ({ identity }: Leaf, alias: string) =>
  `hashtextextended(ROW(${identity.map((column) => `${alias}.${quoteIdentifier(column)}`).join(', ')})::text COLLATE "C", 0)`

function equals({ operator, collation, asText }: Pair, to: string, from: string): string {
  if (asText) return `${to}::text OPERATOR(${operator}) ${from}::text`
  const under = collation === null ? '' : ` COLLATE ${collation}`
  return `${to}${under} OPERATOR(${operator}) ${from}${under}`
}
