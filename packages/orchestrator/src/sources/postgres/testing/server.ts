import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect as connectSocket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Client } from 'pg'
import { newSecret } from '../../../lib/ids.ts'
import type { Credentials, Dial } from '../../sources.ts'
import { waitUntilReady } from '../ready.ts'

export type Major = 13 | 16 | 18

/** A real PostgreSQL of its own, on a free port of the loopback. Disposal leaves nothing of it. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly superuser: Credentials
  readonly dial: Dial
  url(credentials?: Partial<Credentials>): string
  /** A client as the superuser. Ended with the server. */
  client(database?: string): Promise<Client>
}

export interface TestServerOptions {
  readonly encoding?: string
  readonly settings?: Readonly<Record<string, string>>
}

/** PostgreSQL refuses to run as root. */
export const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

export async function startServer(
  major: Major,
  { encoding = 'UTF8', settings = {} }: TestServerOptions = {},
): Promise<TestServer> {
  await using cleanup = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'stuntdouble-postgres-'))
  cleanup.defer(() => rm(directory, { recursive: true, force: true }))
  const native = await prepare(major, directory)

  const superuser = { user: 'postgres', password: newSecret(), database: 'postgres' }
  await initialize(native, directory, { encoding, password: superuser.password })
  const port = await freePort()
  const server = native.spawn('postgres', [
    '-D',
    join(directory, 'data'),
    ...options(port, settings),
  ])
  cleanup.defer(() => stop(server))

  const dial: Dial = async () => {
    const socket = connectSocket(port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  await waitUntilReady(dial, superuser, AbortSignal.timeout(60_000))
  const clients = cleanup.use(new AsyncDisposableStack())
  const all = cleanup.move()
  return {
    port,
    superuser,
    dial,
    url: (credentials) => urlOf({ ...superuser, ...credentials }, port),
    client: async (database = 'postgres') => {
      const client = new Client({ ...superuser, database, host: '127.0.0.1', port })
      client.on('error', () => {})
      await client.connect()
      clients.defer(() => client.end().catch(() => {}))
      return client
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const urlOf = ({ user, password, database }: Credentials, port: number) =>
  `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}?sslmode=disable`

interface Native {
  spawn(program: string, args: readonly string[]): ChildProcess
}

const require = createRequire(import.meta.url)
const packages: Readonly<Record<Major, () => string>> = {
  13: () => require.resolve('postgres-13'),
  16: () => require.resolve('postgres-16'),
  18: () => require.resolve('postgres-18'),
}

/** The package leaves out its libraries' short names, which an install script would have linked. */
async function prepare(major: Major, directory: string): Promise<Native> {
  const native = join(dirname(packages[major]()), '../native')
  const links = join(directory, 'lib')
  await mkdir(links)
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    await symlink(join(native, '..', source), join(links, basename(target)))
  }
  if (account.uid !== undefined) await chown(directory, account.uid, account.gid)
  const env = { LD_LIBRARY_PATH: `${links}:${join(native, 'lib')}`, LC_ALL: 'C', TZ: 'UTC' }
  return {
    spawn: (program, args) =>
      spawn(join(native, 'bin', program), args, {
        ...account,
        env,
        cwd: directory,
        stdio: 'ignore',
      }),
  }
}

async function initialize(
  native: Native,
  directory: string,
  { encoding, password }: { readonly encoding: string; readonly password: string },
): Promise<void> {
  const passwordFile = join(directory, 'password')
  await writeFile(passwordFile, password, { mode: 0o644 })
  const args = ['-D', join(directory, 'data'), '-U', 'postgres', `--pwfile=${passwordFile}`]
  const child = native.spawn('initdb', [
    ...args,
    `--encoding=${encoding}`,
    '--locale=C',
    '--auth=scram-sha-256',
    '--no-sync',
  ])
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`initdb failed with ${code}`)
}

function options(port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '32MB',
    max_connections: 40,
    ...settings,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGQUIT')
  await once(server, 'exit')
}
