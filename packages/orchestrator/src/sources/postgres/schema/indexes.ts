import { quoteTable } from '../identifiers.ts'
import {
  type Catalog,
  type Collected,
  type Collector,
  ownedByUser,
  ranks,
} from './schema-object.ts'

interface IndexRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly table: number
  readonly valid: boolean
  readonly definition: string
}

const backsConstraint = `EXISTS (SELECT FROM pg_constraint k
  WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))`

export const collectIndexes: Collector = async (catalog) => {
  const parts = [await indexes(catalog), await attachments(catalog), await statistics(catalog)]
  return {
    objects: parts.flatMap((part) => part.objects),
    leftOut: parts.flatMap((part) => part.leftOut ?? []),
  }
}

async function indexes(catalog: Catalog): Promise<Collected> {
  const rows = await catalog.rows<IndexRow>(
    `SELECT i.indexrelid AS oid, n.nspname AS schema, x.relname AS name, i.indrelid AS table,
            i.indisvalid OR x.relkind = 'I' AS valid, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND c.relnamespace = ANY($1)
        AND NOT ${backsConstraint} AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY i.indexrelid`,
    [catalog.schemas],
  )
  return {
    objects: rows
      .filter((row) => row.valid)
      .map((row) => ({
        key: `pg_class:${row.oid}`,
        rank: ranks.index,
        what: `index ${row.schema}.${row.name}`,
        sql: [row.definition],
        needs: [`pg_class:${row.table}`],
      })),
    leftOut: rows
      .filter((row) => !row.valid)
      .map((row) => ({
        key: `pg_class:${row.oid}`,
        what: `index ${row.schema}.${row.name}`,
        why: 'is not valid in the source either',
      })),
  }
}

interface AttachRow {
  readonly parent: number
  readonly child: number
  readonly parentSchema: string
  readonly parentName: string
  readonly childSchema: string
  readonly childName: string
}

/** Ties the index of a partition to its parent’s, so that names stay the source’s. */
async function attachments(catalog: Catalog): Promise<Collected> {
  const rows = await catalog.rows<AttachRow>(
    `SELECT h.inhparent AS parent, h.inhrelid AS child, pn.nspname AS "parentSchema", p.relname AS "parentName",
            cn.nspname AS "childSchema", c.relname AS "childName"
       FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
       JOIN pg_class c ON c.oid = h.inhrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
      WHERE p.relkind = 'I' AND p.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'p.oid')} ORDER BY h.inhrelid`,
    [catalog.schemas],
  )
  return {
    objects: rows.map((row) => ({
      key: `index-attach:${row.child}`,
      rank: ranks.indexAttach,
      what: `index ${row.childSchema}.${row.childName}`,
      sql: [
        `ALTER INDEX ${quoteTable({ schema: row.parentSchema, name: row.parentName })} ATTACH PARTITION ${quoteTable({ schema: row.childSchema, name: row.childName })}`,
      ],
      needs: [`pg_class:${row.parent}`, `pg_class:${row.child}`],
    })),
  }
}

async function statistics(catalog: Catalog): Promise<Collected> {
  const rows = await catalog.rows<{ oid: number; table: number; name: string; definition: string }>(
    `SELECT s.oid, s.stxrelid AS table, s.stxname AS name, pg_get_statisticsobjdef(s.oid) AS definition
       FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid
      WHERE s.stxnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY s.oid`,
    [catalog.schemas],
  )
  return {
    objects: rows.map(({ oid, table, name, definition }) => ({
      key: `pg_statistic_ext:${oid}`,
      rank: ranks.statistics,
      what: `statistics ${name}`,
      sql: [definition],
      needs: [`pg_class:${table}`],
    })),
  }
}
