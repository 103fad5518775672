import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { EntrySource } from '../entries.ts'
import { untilAborted } from '../session-pool.ts'
import type { OpenRequest } from '../sources.ts'
import { sourceRefused } from '../unreachable.ts'
import { sourceError } from './errors.ts'
import { keyspaceOf } from './keyspace.ts'
import { type Reader, readerOf } from './read-only.ts'
import { enter, openSession, type Session } from './session.ts'
import { parseSourceUrl, type SourceUrl } from './source-url.ts'

const connectTimeoutMs = 15_000

/** On one connection, with commands that only read. */
export async function openSource(request: OpenRequest, signal: AbortSignal): Promise<EntrySource> {
  const { name } = request
  const url = parseSourceUrl(name, request.url)
  const explained = (cause: unknown) => sourceError(name, url.address, cause)
  await using scope = new AsyncDisposableStack()
  try {
    const timed = AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)])
    const session = scope.use(await openSession(await dialSource(url, timed), timed))
    await untilAborted(session, timed, () => enter(session, url))
    const reader = readerOf(session)
    const version = await versionOf(name, reader)
    const keyspace = keyspaceOf(reader)
    const all = scope.move()
    return {
      ...{ version, address: url.address, database: url.database, findings: [noMoment] },
      list: (until) => explaining({ session, explained }, until, keyspace.list(until)),
      read: (entry, until) =>
        explaining({ session, explained }, until, keyspace.read(entry, until)),
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw explained(cause)
  }
}

const noMoment = {
  severity: 'info',
  where: 'keys',
  message:
    'Redis has no moment at which all of it can be read: each key is as it was when it was its turn.',
} as const

function dialSource({ host, port, tls }: SourceUrl, signal: AbortSignal): Promise<Socket> {
  const socket =
    tls === null
      ? connectTcp({ host, port })
      : connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...tls })
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const give = (cause: Error) => {
    socket.destroy()
    reject(cause)
  }
  const abort = () => give(Object.assign(new Error('aborted'), { code: 'ETIMEDOUT' }))
  signal.addEventListener('abort', abort, { once: true })
  // Until whoever speaks over it listens.
  socket.on('error', () => {})
  socket.once('error', give)
  socket.once(tls === null ? 'connect' : 'secureConnect', () => resolve(socket))
  return promise.finally(() => {
    signal.removeEventListener('abort', abort)
    socket.off('error', give)
  })
}

/** Of clusters and sentinels one server is a part alone, which would look like the whole. */
async function versionOf(name: string, reader: Reader): Promise<number> {
  const info = String(await reader.call('INFO', 'server'))
  const mode = /^redis_mode:(\w+)/m.exec(info)?.[1]
  const version = Number(/^redis_version:(\d+)/m.exec(info)?.[1])
  if (mode !== 'standalone')
    throw sourceRefused(
      name,
      `the server runs as ${mode ?? 'something else'}, and holds only a part.`,
      'Name a server that holds everything: a replica, or a primary that is no cluster’s.',
    )
  if (version >= oldest && version <= newest) return version
  throw sourceRefused(
    name,
    `Redis ${version} is not among those that are copied.`,
    `${oldest} to ${newest} are, and what calls itself so, such as Valkey.`,
  )
}

const oldest = 5
const newest = 7

/** An abort ends the connection, so that nothing waits for an answer that does not come. */
async function* explaining<Item>(
  { session, explained }: Explained,
  signal: AbortSignal,
  items: AsyncIterable<Item>,
) {
  signal.throwIfAborted()
  const abort = () => session.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    yield* items
  } catch (cause) {
    signal.throwIfAborted()
    throw explained(cause)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

interface Explained {
  readonly session: Session
  readonly explained: (cause: unknown) => Error
}
