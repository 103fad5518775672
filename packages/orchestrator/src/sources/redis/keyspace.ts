import type { Entries, Entry, EntryPart } from '../entries.ts'
import type { Reader } from './read-only.ts'
import type { Reply } from './session.ts'

/** How much is asked for at once; between two answers the server serves everybody else. */
const keysAtOnce = 200
const partsAtOnce = 500

/** The types whose keys can be read and written again; streams and those of modules are none. */
export const knownTypes: readonly string[] = ['string', 'list', 'hash', 'set', 'zset']

/** What a database holds, by commands that only read. */
export function keyspaceOf(reader: Reader): Omit<Entries, typeof Symbol.asyncDispose> {
  return {
    async *list(signal) {
      for await (const names of scan(reader, ['SCAN'], ['COUNT', String(keysAtOnce)])) {
        signal.throwIfAborted()
        yield (await Promise.all(names.map((name) => entryOf(reader, name)))).filter(isThere)
      }
    },
    async *read(entry, signal) {
      for await (const parts of partsOf(reader, entry)) {
        signal.throwIfAborted()
        yield parts
      }
    },
  }
}

async function entryOf(reader: Reader, name: Buffer): Promise<Entry> {
  const [type, ttl] = await Promise.all([reader.call('TYPE', name), reader.call('PTTL', name)])
  const word = String(type)
  const sizeBytes = word === 'string' ? Number(await reader.call('STRLEN', name)) : 0
  return { name, type: word, sizeBytes, ttlMs: Number(ttl) < 0 ? null : Number(ttl) }
}

/** Gone between SCAN and TYPE, or by now. */
const isThere = ({ type }: Entry) => type !== 'none'

function partsOf(reader: Reader, { name, type }: Entry): AsyncIterable<readonly EntryPart[]> {
  const more = ['COUNT', String(partsAtOnce)]
  switch (type) {
    case 'string':
      return whole(reader, name)
    case 'list':
      return elements(reader, name)
    case 'hash':
      return pairs(scan(reader, ['HSCAN', name], more), (field, value) => ({ field, value }))
    case 'zset':
      return pairs(scan(reader, ['ZSCAN', name], more), (value, score) => ({
        value,
        score: String(score),
      }))
    case 'set':
      return members(scan(reader, ['SSCAN', name], more))
    default:
      throw new TypeError(`keys of type ${type} cannot be read`)
  }
}

async function* whole(reader: Reader, name: Buffer) {
  const value = await reader.call('GET', name)
  if (Buffer.isBuffer(value)) yield [{ value }]
}

async function* elements(reader: Reader, name: Buffer) {
  for (let at = 0; ; at += partsAtOnce) {
    const range = [String(at), String(at + partsAtOnce - 1)]
    const values = buffersOf(await reader.call('LRANGE', name, ...range))
    if (values.length > 0) yield values.map((value) => ({ value }))
    if (values.length < partsAtOnce) return
  }
}

async function* members(batches: AsyncIterable<readonly Buffer[]>) {
  for await (const values of batches) yield values.map((value) => ({ value }))
}

async function* pairs(
  batches: AsyncIterable<readonly Buffer[]>,
  made: (first: Buffer, second: Buffer) => EntryPart,
) {
  for await (const flat of batches) {
    const parts: EntryPart[] = []
    for (let at = 0; at + 1 < flat.length; at += 2)
      parts.push(made(flat[at] as Buffer, flat[at + 1] as Buffer))
    yield parts
  }
}

type Scanning = readonly ['SCAN'] | readonly ['HSCAN' | 'SSCAN' | 'ZSCAN', Buffer]

/** From cursor 0 until it is 0 again; what stays is told once or more. */
async function* scan(reader: Reader, [command, ...name]: Scanning, options: readonly string[]) {
  let cursor = '0'
  do {
    const reply = await reader.call(command, ...name, cursor, ...options)
    const [next, found] = Array.isArray(reply) ? (reply as readonly Reply[]) : []
    cursor = String(next ?? '0')
    const values = buffersOf(found ?? null)
    if (values.length > 0) yield values
  } while (cursor !== '0')
}

const buffersOf = (reply: Reply): readonly Buffer[] =>
  Array.isArray(reply) ? reply.filter((value) => Buffer.isBuffer(value)) : []
