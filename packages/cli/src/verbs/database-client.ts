import { spawn } from 'node:child_process'
import type { Environment } from '@stuntdouble/sdk/node'
import type { LocalDatabase } from '@stuntdouble/sdk/wire'
import type { Context } from '../context.ts'

/** A program that speaks to a database. The password goes by the environment: arguments are everyone’s to read. */
export interface DatabaseClient {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The clients of a database’s kind, the one to try first in front. */
export function databaseClients({ url }: Pick<LocalDatabase, 'url'>): readonly DatabaseClient[] {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  const user = decodeURIComponent(username)
  const secret = decodeURIComponent(password)
  const database = decodeURIComponent(pathname.slice(1))
  if (protocol === 'redis:') {
    const at = ['-h', hostname, '-p', port, '-n', database, '--user', user]
    return [{ program: 'redis-cli', args: at, env: { REDISCLI_AUTH: secret } }]
  }
  if (protocol !== 'mysql:') {
    const at = { PGHOST: hostname, PGPORT: port, PGDATABASE: database }
    return [{ program: 'psql', args: [], env: { ...at, PGUSER: user, PGPASSWORD: secret } }]
  }
  const args = [
    // A password of its owner's file would go before ours, and so might a server.
    ...[
      '--no-defaults',
      '--protocol=tcp',
      `--host=${hostname}`,
      `--port=${port}`,
      `--user=${user}`,
    ],
    `--database=${database}`,
  ]
  return ['mariadb', 'mysql'].map((program) => ({ program, args, env: { MYSQL_PWD: secret } }))
}

/** Its exit code; undefined where it is not installed. */
export async function runClient(
  { env }: Context,
  client: DatabaseClient,
  rest: readonly string[],
): Promise<number | undefined> {
  const child = spawn(client.program, [...client.args, ...rest], {
    stdio: 'inherit',
    env: { ...unbound(env), ...client.env },
  })
  // Ctrl-C is the client’s: it cancels a query.
  return await new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(undefined) : reject(error),
    )
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** PGSERVICE and PGHOSTADDR go before PGHOST: left in place, they lead psql to production. */
const unbound = (env: Environment) =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(PG|MYSQL|MARIADB|REDISCLI)/.test(name)),
  )
