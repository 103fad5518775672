import type { Entry, EntryPart, EntryTarget } from '../entries.ts'
import { untilAborted } from '../session-pool.ts'
import type { Credentials, Dial } from '../sources.ts'
import { passwordRule } from './containers.ts'
import { targetError } from './errors.ts'
import { keyspaceOf } from './keyspace.ts'
import { countLifetimes, isLifetimes, remember } from './lifetimes.ts'
import { readerOf } from './read-only.ts'
import { type Argument, enter, openSession, type Session } from './session.ts'

export async function openTarget(
  dial: Dial,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<EntryTarget> {
  const session = await openSession(await dial(signal), signal)
  const keyspace = keyspaceOf(readerOf(session))
  const doing = async <Result>(what: string, until: AbortSignal, work: () => Promise<Result>) => {
    try {
      return await untilAborted(session, until, work)
    } catch (cause) {
      until.throwIfAborted()
      throw targetError(what, cause)
    }
  }
  await doing('preparing the staging server', signal, () => enter(session, credentials))

  return {
    async *list(until) {
      for await (const entries of keyspace.list(until))
        yield entries.filter(({ name }) => !isLifetimes(name))
    },
    read: (entry, until) => keyspace.read(entry, until),
    count: (until) =>
      doing(
        'counting',
        until,
        async () => Number(await session.call('DBSIZE')) - (await countLifetimes(session)),
      ),
    write: (entry, parts, until) => doing('writing', until, () => write(session, entry, parts)),
    writeOut: (until) =>
      doing('writing out', until, async () => {
        await session.call('SAVE')
      }),
    finish: (role, until) =>
      doing('making the role', until, () => finish(session, credentials, role)),
    sizeBytes: (until) =>
      doing('measuring', until, async () => {
        const info = String(await session.call('INFO', 'memory'))
        return Number(/^used_memory_dataset:(\d+)/m.exec(info)?.[1] ?? 0)
      }),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

async function write(session: Session, entry: Entry, parts: readonly EntryPart[]): Promise<void> {
  const { name, ttlMs } = entry
  if (parts.length === 0) return
  const written: Promise<unknown>[] = [session.call(...commandOf(entry, parts))]
  if (ttlMs !== null) written.push(remember(session, name, ttlMs))
  await Promise.all(written)
}

type Command = [command: string, ...args: Argument[]]

const empty = Buffer.alloc(0)

function commandOf({ name, type }: Entry, parts: readonly EntryPart[]): Command {
  const values = parts.map(({ value }) => value)
  switch (type) {
    case 'string':
      return ['SET', name, values[0] ?? empty]
    case 'list':
      return ['RPUSH', name, ...values]
    case 'set':
      return ['SADD', name, ...values]
    case 'hash':
      return ['HSET', name, ...parts.flatMap(({ field = empty, value }) => [field, value])]
    case 'zset':
      return ['ZADD', name, ...parts.flatMap(({ score = '0', value }) => [score, value])]
    default:
      throw new TypeError(`keys of type ${type} cannot be written`)
  }
}

/** Whatever is asked of a server by who uses it; nothing that is asked by who runs it. */
const rights = [
  ...['~*', '&*', '+@all', '-@admin', '-migrate'],
  ...['+config|get', '+client', '+slowlog', '+latency', '+monitor', '+acl|whoami'],
  // To its own file and nowhere else; a checkpoint depends on it.
  '+save',
]

/** The build’s account stays, for one that deletes itself is cut off unheard; nobody can enter by it. */
async function finish(session: Session, own: Credentials, role: Credentials): Promise<void> {
  const rule = passwordRule(role.password)
  // Older clients know passwords alone.
  for (const user of ['default', role.user])
    await session.call('ACL', 'SETUSER', user, 'reset', 'on', rule, ...rights)
  await session.call('ACL', 'SETUSER', own.user, 'off', 'resetpass')
  await session.call('ACL', 'SAVE')
}
