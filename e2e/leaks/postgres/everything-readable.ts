/** SQL of one text column: every row of every catalog and statistics view that its reader may read. */
export const everyCatalogRow = `
  SELECT t.row FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
    LATERAL unnest(xpath('/table/row/r/text()', query_to_xml(format('SELECT r::text AS r FROM %I.%I AS r', n.nspname, c.relname), false, false, ''))::text[]) AS t (row)
  WHERE n.nspname = 'pg_catalog' AND has_table_privilege(c.oid, 'SELECT')
    AND (c.relkind = 'r' OR c.relname IN ('pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_sequences', 'pg_settings'))`
