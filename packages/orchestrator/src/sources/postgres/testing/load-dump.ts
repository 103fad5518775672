import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** Loads a plain pg_dump file without psql: statements, and the rows below `COPY … FROM stdin;`. */
export async function loadDump(client: Client, path: string): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  let sql: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!/^COPY .* FROM stdin;$/.test(line)) {
      sql.push(line)
      continue
    }
    await client.query(sql.join('\n'))
    sql = []
    const end = lines.indexOf('\\.', at)
    const rows = lines.slice(at + 1, end).map((row) => `${row}\n`)
    await pipeline(Readable.from(rows), client.query(copyFrom(line)))
    at = end
  }
  await client.query(sql.join('\n'))
}

/** Chinook's script makes its own database by psql's commands; here it is made already. */
export async function loadChinook(client: Client, path: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  await client.query(text.replace(/^(DROP DATABASE|CREATE DATABASE|\\c) .*$/gm, ''))
}
