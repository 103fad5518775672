import pg from 'pg'

/** `schema.table` → a sum over its rows. */
export type Checksums = Readonly<Record<string, string>>

/** Every table of a database, in one transaction. The sum ignores the order of rows, not their number. */
export async function checksumsOf(url: string): Promise<Checksums> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const tables = (await client.query<{ name: string; quoted: string }>(listTables)).rows
    const sums: Record<string, string> = {}
    for (const { name, quoted } of tables) sums[name] = await sumOf(client, quoted)
    return sums
  } finally {
    await client.end()
  }
}

async function sumOf(client: pg.Client, quoted: string): Promise<string> {
  const { rows } = await client.query<{ sum: string }>(`
    SELECT count(*) || ' rows, ' ||
      md5(coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text) AS sum
    FROM ONLY ${quoted} AS t`)
  return rows[0]?.sum ?? ''
}

const listTables = `
  SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  ORDER BY 1`
