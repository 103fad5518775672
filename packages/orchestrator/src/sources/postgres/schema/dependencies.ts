import type { Catalog } from './schema-object.ts'

export interface Dependencies {
  /** What an object belongs to: a row type to its table, an index to its constraint … */
  readonly wholeOf: ReadonlyMap<string, string>
  /** Pairs as pg_depend has them, not yet mapped to wholes. */
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** Objects made by initdb have lower oids. */
const firstUserOid = 16_384

export async function readDependencies(catalog: Catalog): Promise<Dependencies> {
  const parts = await catalog.rows<{ part: string; whole: string }>(partsSql(catalog.version))
  const edges = await catalog.rows<{ from: string; to: string }>(edgesSql)
  return { wholeOf: new Map(parts.map(({ part, whole }) => [part, whole])), edges }
}

const key = (catalog: string, oid: string) => `'${catalog}:' || ${oid}`

const partsSql = (version: number) => `
  SELECT part, whole FROM (
    SELECT t.oid, ${key('pg_type', 't.oid')} AS part, ${key('pg_class', 't.typrelid')} AS whole
      FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c'
    UNION ALL SELECT t.typrelid, ${key('pg_class', 't.typrelid')}, ${key('pg_type', 't.oid')}
      FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind = 'c'
    UNION ALL SELECT a.oid, ${key('pg_type', 'a.oid')}, ${key('pg_type', 'a.typelem')}
      FROM pg_type a WHERE a.typelem <> 0 AND a.typcategory = 'A'
    ${version >= 14 ? `UNION ALL SELECT r.rngmultitypid, ${key('pg_type', 'r.rngmultitypid')}, ${key('pg_type', 'r.rngtypid')} FROM pg_range r` : ''}
    UNION ALL SELECT r.oid, ${key('pg_rewrite', 'r.oid')}, ${key('pg_class', 'r.ev_class')}
      FROM pg_rewrite r WHERE r.rulename = '_RETURN'
    UNION ALL SELECT d.oid, ${key('pg_attrdef', 'd.oid')}, ${key('pg_class', 'd.adrelid')}
      FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated <> ''
    UNION ALL SELECT k.conindid, ${key('pg_class', 'k.conindid')}, ${key('pg_constraint', 'k.oid')}
      FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x') AND k.conindid <> 0
    UNION ALL SELECT k.oid, ${key('pg_constraint', 'k.oid')}, ${key('pg_class', 'k.conrelid')}
      FROM pg_constraint k WHERE k.contype = 'n' AND k.convalidated
    UNION ALL SELECT d.objid, d.classid::regclass::text || ':' || d.objid, d.refclassid::regclass::text || ':' || d.refobjid
      FROM pg_depend d WHERE d.deptype = 'e'
         OR (d.deptype = 'i' AND d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass)
         OR (d.deptype = 'i' AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0
             AND (SELECT relkind = 'S' FROM pg_class s WHERE s.oid = d.objid))
  ) AS parts WHERE oid >= ${firstUserOid}`

/** A sequence’s tie to the column that owns it is a statement of its own, not an order. */
const edgesSql = `
  SELECT DISTINCT d.classid::regclass::text || ':' || d.objid AS from,
                  d.refclassid::regclass::text || ':' || d.refobjid AS to
    FROM pg_depend d
   WHERE d.objid >= ${firstUserOid} AND d.refobjid >= ${firstUserOid} AND d.deptype <> 'e'
     AND NOT (d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND d.classid = 'pg_class'::regclass
              AND EXISTS (SELECT FROM pg_class s WHERE s.oid = d.objid AND s.relkind = 'S'))`
