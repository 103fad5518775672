import type { Client } from 'pg'

const user = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
const plain = (sql: string) => `regexp_replace(${sql}, '\\s+', ' ', 'g')`

/** What a person compares after a copy: names and definitions of everything, in one list. */
const sql = `
  SELECT 'constraint' AS kind, coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text) AS of, k.conname::text AS name, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${user} AND k.contype NOT IN ('n', 't')
  UNION ALL SELECT 'index', i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user}
  UNION ALL SELECT 'relation', c.oid::regclass::text, c.relkind::text, concat_ws(' ', c.relpersistence, c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relispopulated, pg_get_expr(c.relpartbound, c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c')
  UNION ALL SELECT 'view', c.oid::regclass::text, '', ${plain('pg_get_viewdef(c.oid)')}
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user} AND c.relkind IN ('v', 'm')
  UNION ALL SELECT 'trigger', t.tgrelid::regclass::text, t.tgname, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user} AND NOT t.tgisinternal
  UNION ALL SELECT 'rule', r.ev_class::regclass::text, r.rulename, pg_get_ruledef(r.oid)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user} AND r.rulename <> '_RETURN'
  UNION ALL SELECT 'policy', p.polrelid::regclass::text, p.polname, concat_ws(' ', p.polpermissive, p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
      (SELECT string_agg(coalesce(r.rolname, 'PUBLIC'), ',' ORDER BY r.rolname) FROM unnest(p.polroles) AS role LEFT JOIN pg_roles r ON r.oid = role))
    FROM pg_policy p
  UNION ALL SELECT 'function', p.oid::regprocedure::text, l.lanname, md5(concat(p.prosrc, p.provolatile, p.proisstrict, p.prosecdef, p.proconfig, pg_get_function_result(p.oid), pg_get_function_arguments(p.oid)))
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE ${user} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype IN ('i', 'e'))
  UNION ALL SELECT 'aggregate', a.aggfnoid::regprocedure::text, a.aggkind::text, concat_ws(' ', a.aggtransfn::regproc, a.aggfinalfn::regproc, a.aggtranstype::regtype, a.agginitval)
    FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${user}
  UNION ALL SELECT 'column', a.attrelid::regclass::text, a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid),
      nullif(a.attcollation, 0)::regcollation)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE ${user} AND c.relkind IN ('r', 'p', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL SELECT 'type', t.oid::regtype::text, t.typtype::text, concat_ws(' ', t.typdefault, t.typnotnull, format_type(t.typbasetype, t.typtypmod),
      (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${user} AND t.typtype IN ('e', 'd', 'r', 'm')
  UNION ALL SELECT 'sequence', format('%I.%I', s.schemaname, s.sequencename), '', concat_ws(' ', s.last_value, s.start_value, s.increment_by, s.max_value, s.cycle, s.data_type)
    FROM pg_sequences s
  UNION ALL SELECT 'owner of sequence', d.objid::regclass::text, '', concat_ws(' ', d.refobjid::regclass, d.refobjsubid, d.deptype)
    FROM pg_depend d JOIN pg_class c ON c.oid = d.objid WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
  UNION ALL SELECT 'inherits', h.inhrelid::regclass::text, h.inhparent::regclass::text, h.inhseqno::text
    FROM pg_inherits h
  UNION ALL SELECT 'statistics', s.stxname, '', pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s
  UNION ALL SELECT 'extension', e.extname, n.nspname, '' FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  UNION ALL SELECT 'schema', n.nspname, '', '' FROM pg_namespace n WHERE ${user}
  UNION ALL SELECT 'collation', c.oid::regcollation::text, c.collprovider::text, c.collisdeterministic::text
    FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE ${user}`

export async function inventory(client: Client): Promise<readonly string[]> {
  await client.query("SET search_path = ''")
  const { rows } = await client.query({ text: sql, rowMode: 'array' })
  return rows.map((row: unknown[]) => row.join(' | ')).sort()
}
