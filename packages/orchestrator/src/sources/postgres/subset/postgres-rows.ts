import { tableKey } from '../../../masking/masking.ts'
import { checkOneExpression } from '../../subset/one-expression.ts'
import type { Found, Root, RowFinder, Rows, Subset } from '../../subset/subset.ts'
import { quoteIdentifier, quoteTable } from '../identifiers.ts'
import type { Session } from '../session.ts'
import { explainFinding, explainWhere } from './errors.ts'
import { type FoundIn, findRows } from './find-rows.ts'
import type { Leaf, PostgresReference, Relations } from './relations.ts'
import { batches } from './row-numbers.ts'
import {
  type Around,
  childrenSql,
  countRootsSql,
  parentsSql,
  rootsSql,
  whereSql,
} from './row-queries.ts'

/** Finds rows on one connection, one statement after the other: production bears no more at a time. */
export class PostgresRows implements RowFinder<PostgresReference> {
  readonly #session: Session
  readonly #relations: Relations
  readonly #perParent: number | undefined

  constructor(session: Session, relations: Relations, { perParent }: Subset) {
    this.#session = session
    this.#relations = relations
    this.#perParent = perParent
  }

  async roots(root: Root): Promise<readonly Found[]> {
    const leaves = this.#leaves(this.#relations.leavesOf(root.table))
    const query = { root, leaves }
    await this.#check(root, leaves)
    try {
      const found = await this.#find(rootsSql(query))
      return await this.#counted(found, query)
    } catch (cause) {
      throw explainWhere(root, cause)
    }
  }

  parents(reference: PostgresReference, rows: Rows, into: readonly string[]) {
    return this.#around({ reference, rows, into }, parentsSql)
  }

  children(reference: PostgresReference, rows: Rows, into: readonly string[]) {
    return this.#around({ reference, rows, into }, (around) => childrenSql(around, this.#perParent))
  }

  async #around(
    { reference, rows, into }: Looking,
    sqlOf: (around: Around) => string,
  ): Promise<readonly Found[]> {
    const leaf = this.#relations.leaf(rows.table)
    const around = { reference, leaf, into: this.#leaves(into) }
    const found: Found[] = []
    for (const some of rows.rows === 'all' ? [undefined] : batches(rows.rows)) {
      try {
        found.push(...(await this.#find(sqlOf({ ...around, rows: some }))))
      } catch (cause) {
        throw explainFinding(reference, cause)
      }
    }
    return found
  }

  #leaves = (keys: readonly string[]): readonly Leaf[] =>
    keys.map((key) => this.#relations.leaf(key))

  async #find(sql: string): Promise<readonly Found[]> {
    const found = await findRows(this.#session, sql)
    return found.map((each) => this.#foundOf(each))
  }

  #foundOf({ leaf, rows, cut }: FoundIn): Found {
    const table = this.#relations.keyOf(leaf)
    return { table, rows: Float64Array.from(rows), cut }
  }

  /** A limit that was reached has left out the rest of what matches. */
  async #counted(
    found: readonly Found[],
    query: { readonly root: Root; readonly leaves: readonly Leaf[] },
  ): Promise<readonly Found[]> {
    const { limit } = query.root
    const count = found.reduce((total, { rows }) => total + rows.length, 0)
    if (limit === undefined || count < limit) return found
    const [row] = await this.#session.rows<{ rows: string }>(countRootsSql(query))
    const [first, ...others] = found
    return first ? [{ ...first, cut: Number(row?.rows) - count }, ...others] : found
  }

  /** Parsed on its own first, as one statement and no more: what is wrong with it can be told in full. */
  async #check({ table, where }: Root, leaves: readonly Leaf[]): Promise<void> {
    if (where === undefined) return
    const name = tableKey(table)
    checkOneExpression(name, where)
    const [leaf] = leaves as readonly [Leaf]
    const sql = `SELECT FROM ONLY ${quoteTable(leaf)} AS ${quoteIdentifier(table.name)} WHERE ${whereSql(where)} LIMIT 0`
    const statement = { text: sql, queryMode: 'extended' }
    try {
      await this.#session.client.query(statement)
    } catch (cause) {
      throw explainWhere({ table, where }, cause, 'parsed')
    }
  }
}

interface Looking {
  readonly reference: PostgresReference
  readonly rows: Rows
  readonly into: readonly string[]
}
