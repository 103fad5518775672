import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { promisify } from 'node:util'
import { newSandboxId, newSecret } from '../../../lib/ids.ts'
import type { Credentials, Dial } from '../../sources.ts'
import { dialled } from '../dialled.ts'
import { waitUntilReady } from '../ready.ts'
import { connect, type Session } from '../session.ts'

/** A real MariaDB of its own, in a container of our image. Disposal leaves nothing of it. */
export interface TestServer extends AsyncDisposable {
  readonly superuser: Credentials
  readonly dial: Dial
  url(credentials?: Partial<Credentials>): string
  /** As the superuser; ended with the server. */
  session(database?: string): Promise<Session>
}

const run = promisify(execFile)
const image = 'stuntdouble/mariadb:10.11'

const script = `set -e
mariadb-install-db --no-defaults --datadir=/data/d --auth-root-authentication-method=normal \\
  --skip-test-db --skip-name-resolve --innodb-use-native-aio=0 --innodb-log-file-size=16M >/tmp/log 2>&1
printf "CREATE USER '%s'@'%%' IDENTIFIED BY '%s';\\nGRANT ALL ON *.* TO '%s'@'%%' WITH GRANT OPTION;\\n" \\
  "$NAME" "$PASSWORD" "$NAME" >/tmp/first.sql
exec mariadbd --no-defaults --datadir=/data/d --socket=/tmp/s --init-file=/tmp/first.sql --local-infile=ON \\
  --innodb-use-native-aio=0 --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=0 "$@"`

export async function startServer(...options: readonly string[]): Promise<TestServer> {
  await using cleanup = new AsyncDisposableStack()
  const superuser = { user: 'staging', password: newSecret(), database: '' }
  const id = await startContainer(superuser, options)
  cleanup.defer(() => run('docker', ['rm', '-f', '-v', id]).then(() => {}))
  const port = await publishedPort(id)
  const dial: Dial = async () => {
    const socket = connectSocket(port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  const signal = AbortSignal.timeout(60_000)
  await waitUntilReady(dial, superuser, signal)
  const sessions = cleanup.use(new AsyncDisposableStack())
  const all = cleanup.move()
  return {
    superuser,
    dial,
    url: (credentials) => urlOf({ ...superuser, ...credentials }, port),
    session: async (database = '') => {
      const soon = AbortSignal.timeout(60_000)
      return sessions.use(
        await connect(await dialled(dial, { ...superuser, database }, soon), soon),
      )
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function startContainer({ user, password }: Credentials, options: readonly string[]) {
  const { stdout } = await run('docker', [
    ...['run', '-d', '--label', `dev.stuntdouble.installation=test-${newSandboxId()}`],
    ...['--tmpfs', '/data:size=700m,uid=999,gid=999', '--tmpfs', '/tmp:size=64m'],
    ...['-e', `NAME=${user}`, '-e', `PASSWORD=${password}`, '-p', '127.0.0.1::3306'],
    ...[image, 'sh', '-c', script, 'mariadb', ...options],
  ])
  return stdout.trim()
}

async function publishedPort(id: string): Promise<number> {
  const { stdout } = await run('docker', ['port', id, '3306/tcp'])
  return Number(/:(\d+)\s*$/m.exec(stdout)?.[1])
}

const urlOf = ({ user, password, database }: Credentials, port: number) =>
  `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}?ssl-mode=DISABLED`
