import type { DistinctRule } from '../../masking/masking.ts'

/** A unique index or exclusion constraint that compares in a way of its own, as the catalog has it. */
export interface DistinctRow {
  readonly name: string
  readonly keys: readonly {
    /** Null for an expression. */
    readonly column: string | null
    /** Of the index, or of a generated column. */
    readonly expression: string
    readonly equality: boolean
  }[]
  readonly predicate: string | null
  readonly nullsEqual: boolean
}

const keysSql = `(SELECT json_agg(json_build_object(
    'column', CASE WHEN coalesce(a.attgenerated, '') = '' THEN a.attname END,
    'expression', CASE WHEN a.attgenerated <> '' THEN (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
                    WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)
                  ELSE pg_get_indexdef(i.indexrelid, number, false) END,
    'equality', x.conexclop IS NULL OR (SELECT o.oprname = '=' FROM pg_operator o WHERE o.oid = x.conexclop[number])) ORDER BY number)
  FROM generate_series(1, i.indnkeyatts) AS number
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = (i.indkey::int2[])[number - 1])`

const nullsEqual = `coalesce((to_jsonb(i)->>'indnullsnotdistinct')::bool, false)`

/** SQL: of the table `c`, those that its plain unique indexes do not tell. */
export const distinctSql = `coalesce((
  SELECT json_agg(json_build_object('name', n.relname, 'keys', ${keysSql}, 'nullsEqual', ${nullsEqual},
           'predicate', pg_get_expr(i.indpred, i.indrelid)) ORDER BY i.indexrelid)
    FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid
    LEFT JOIN pg_constraint x ON x.conindid = i.indexrelid AND x.contype = 'x'
   WHERE i.indrelid = c.oid AND i.indisvalid AND (i.indisunique OR x.oid IS NOT NULL) AND (
     i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR x.oid IS NOT NULL OR ${nullsEqual}
     OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(i.indkey) AND a.attgenerated <> ''))), '[]')`

export function ruleOf(row: DistinctRow, columns: readonly string[]): DistinctRule {
  const equal: { column: string; folded: boolean }[] = []
  const opaque: string[] = []
  for (const { column, expression, equality } of row.keys) {
    const folded = column === null ? foldedColumn(expression, columns) : undefined
    const compared = column ?? folded
    if (compared !== undefined && equality)
      equal.push({ column: compared, folded: folded !== undefined })
    else opaque.push(...(column === null ? mentioned(expression, columns) : [column]))
  }
  const { rest, tested } = withoutNullTests(row.predicate ?? '', columns)
  opaque.push(...mentioned(rest, columns))
  const nullness = [...tested, ...(row.nullsEqual ? equal.map(({ column }) => column) : [])]
  return { name: row.name, equal, opaque, nullness }
}

/** `lower(email)`, `upper((email)::text)`: a mask that folds case keeps such values apart. */
function foldedColumn(expression: string, columns: readonly string[]): string | undefined {
  const inner = /^(?:lower|upper)\((.+)\)$/s.exec(expression)?.[1] ?? ''
  const name = /^\((.+)\)::text$/s.exec(inner)?.[1] ?? inner
  return columns.find((column) => name === column || name === quoted(column))
}

/** Whether a value is NULL or empty does not change under any mask but `null`. */
function withoutNullTests(predicate: string, columns: readonly string[]) {
  const tested: string[] = []
  const test =
    /\((?:("(?:[^"]|"")+"|[\w$]+) IS (?:NOT )?NULL|\(?("(?:[^"]|"")+"|[\w$]+)(?:\)::text)? <> ''::text)\)/gu
  const rest = predicate.replaceAll(test, (_, plain, text) => {
    tested.push(...mentioned(plain ?? text, columns))
    return ''
  })
  return { rest, tested }
}

/** Every column whose name stands in an expression: rather one too many than one too few. */
export function mentioned(expression: string, columns: readonly string[]): string[] {
  const bare = expression.replaceAll(/'(?:[^']|'')*'/g, ' ')
  const words = bare.matchAll(/"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_$]*/gu)
  const names = new Set(Array.from(words, ([word, inner]) => inner?.replaceAll('""', '"') ?? word))
  return columns.filter((column) => names.has(column))
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
