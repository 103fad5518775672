import { randomBytes } from 'node:crypto'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { GenericContainer, Wait } from 'testcontainers'
import type { Checksums } from './checksums.ts'
import { ensureImage } from './images.ts'

/** Somebody's production: a MariaDB of its own, outside every sandbox. Disposal removes it. */
export interface MariadbProduction extends AsyncDisposable {
  readonly id: string
  readonly database: string
  /** The read-only account's: what an operator would put into stuntdouble.yaml. */
  readonly url: string
  /** Everything's, for the test itself. */
  readonly adminUrl: string
  query(sql: string): Promise<readonly Record<string, string>[]>
  /** Statements, each ended by a semicolon at a line's end. */
  load(script: string): Promise<void>
  checksums(): Promise<Checksums>
}

const image = 'stuntdouble/mariadb:10.11'

const script = `set -e
mariadb-install-db --no-defaults --datadir=/data/d --auth-root-authentication-method=normal \\
  --skip-test-db --skip-name-resolve --innodb-use-native-aio=0 --innodb-log-file-size=16M >/tmp/log 2>&1
printf %s "$FIRST_SQL" >/tmp/first.sql
exec mariadbd --no-defaults --datadir=/data/d --socket=/tmp/s --init-file=/tmp/first.sql \\
  --innodb-use-native-aio=0 --innodb-log-file-size=16M "$@"`

export interface MariadbOptions {
  /** Of the server. */
  readonly options?: readonly string[]
  /** What its read-only account may do with the database. */
  readonly readerMay?: string
}

export async function startMariadb(
  database: string,
  { options = [], readerMay = 'SELECT, SHOW VIEW' }: MariadbOptions = {},
): Promise<MariadbProduction> {
  await ensureImage(image)
  const passwords = { admin: password(), reader: password() }
  const first = [
    `CREATE DATABASE ${database}`,
    `CREATE USER admin@'%' IDENTIFIED BY '${passwords.admin}'`,
    "GRANT ALL ON *.* TO admin@'%'",
    `CREATE USER reader@'%' IDENTIFIED BY '${passwords.reader}'`,
    `GRANT ${readerMay} ON ${database}.* TO reader@'%'`,
    "GRANT SELECT ON mysql.proc TO reader@'%'",
    '',
  ]
  const container = await new GenericContainer(image)
    .withUser('999:999')
    .withCommand(['sh', '-c', script, 'mariadb', ...options])
    .withEnvironment({ FIRST_SQL: first.join(';\n') })
    .withTmpFs({ '/data': 'rw,uid=999,gid=999,mode=0700' })
    .withExposedPorts(3306)
    .withLabels({ 'dev.stuntdouble.installation': 'test-production' })
    .withWaitStrategy(Wait.forLogMessage(/ready for connections/))
    .start()
  const at = `${container.getHost()}:${container.getMappedPort(3306)}/${database}`
  const adminUrl = `mysql://admin:${passwords.admin}@${at}`
  const query = (sql: string) => queryOf(adminUrl, sql)
  return {
    id: container.getId(),
    database,
    adminUrl,
    query,
    url: `mysql://reader:${passwords.reader}@${at}?ssl-mode=DISABLED`,
    load: (text) => loadInto(adminUrl, text),
    checksums: () => checksumsOf(query, database),
    [Symbol.asyncDispose]: async () => {
      await container.stop({ timeout: 0, removeVolumes: true })
    },
  }
}

const password = () => randomBytes(16).toString('hex')

/** Every value as text. */
export async function queryOf(
  url: string,
  sql: string,
): Promise<readonly Record<string, string>[]> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    const typeCast = (field: { string(encoding: string): string | null }) => field.string('utf8')
    const [rows] = await connection.query<RowDataPacket[]>({ sql, typeCast })
    return rows as Record<string, string>[]
  } finally {
    await connection.end()
  }
}

async function loadInto(url: string, text: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url, charset: 'utf8mb4' })
  try {
    for (const sql of text.split(/;\s*$/m)) if (sql.trim() !== '') await connection.query(sql)
  } finally {
    await connection.end()
  }
}

async function checksumsOf(
  query: MariadbProduction['query'],
  database: string,
): Promise<Checksums> {
  const tables = await query(`SELECT TABLE_NAME AS name FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = '${database}' AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1`)
  const names = tables.map(({ name }) => `\`${name}\``)
  const sums = await query(`CHECKSUM TABLE ${names.join(', ')}`)
  return Object.fromEntries(sums.map(({ Table, Checksum }) => [Table ?? '', Checksum ?? '']))
}
