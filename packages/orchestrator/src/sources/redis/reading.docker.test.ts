import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry, EntryPart } from '../sources.ts'
import { openSource } from './open.ts'
import { type ReadCommand, readerOf } from './read-only.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)
const reader = { user: 'reader', password: 'secret-4711' }
/** As the README says it. */
const readerRules = '~* +@connection +@read -@dangerous +info'.split(' ')

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await server.call('ACL', 'SETUSER', reader.user, 'on', `>${reader.password}`, ...readerRules)
})
afterAll(() => server?.[Symbol.asyncDispose]())

const open = (url = server.url(reader)) => openSource({ name: 'cache', url }, signal)

async function everything(): Promise<Map<string, { entry: Entry; parts: EntryPart[] }>> {
  await using source = await open()
  const found = new Map<string, { entry: Entry; parts: EntryPart[] }>()
  for await (const entries of source.list(signal)) {
    for (const entry of entries) {
      const parts: EntryPart[] = []
      for await (const some of source.read(entry, signal)) parts.push(...some)
      found.set(`${entry.name}`, { entry, parts })
    }
  }
  return found
}

describe('a Redis', () => {
  test('is read key by key, whatever its types, by an account that may only read', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128])
    await server.call('SET', 'a', bytes, 'PX', '100000')
    await server.call('HSET', 'h', 'x', '1', bytes, bytes)
    await server.call('RPUSH', 'l', ...Array.from({ length: 1234 }, (_, index) => `${index}`))
    await server.call('SADD', 's', 'one', 'two')
    await server.call('ZADD', 'z', '1.5', 'low', 'inf', 'high')
    const found = await everything()

    expect([...found.keys()].sort()).toEqual(['a', 'h', 'l', 's', 'z'])
    expect(found.get('a')?.parts).toEqual([{ value: bytes }])
    expect(found.get('a')?.entry.ttlMs).toBeGreaterThan(90_000)
    expect(found.get('h')?.entry).toMatchObject({ type: 'hash', ttlMs: null })
    expect(found.get('h')?.parts).toContainEqual({ field: bytes, value: bytes })
    const list = found.get('l')?.parts.map(({ value }) => Number(`${value}`))
    expect(list).toEqual(Array.from({ length: 1234 }, (_, index) => index))
    expect(
      found
        .get('s')
        ?.parts.map(({ value }) => `${value}`)
        .sort(),
    ).toEqual(['one', 'two'])
    expect(found.get('z')?.parts).toContainEqual({ value: Buffer.from('high'), score: 'inf' })
  })

  test('is told nothing that writes, and nothing that walks through all of it at once', async () => {
    await server.call('SET', 'a', '1')
    await server.call('CONFIG', 'RESETSTAT')
    await everything()
    const stats = String(await server.call('INFO', 'commandstats'))
    const told = [...stats.matchAll(/^cmdstat_([\w|]+):/gm)].map(([, command]) => command)

    expect(told.filter((command) => command !== 'config|resetstat').sort()).toEqual(
      [
        'auth',
        'get',
        'hscan',
        'info',
        'lrange',
        'pttl',
        'scan',
        'sscan',
        'strlen',
        'type',
        'zscan',
      ].sort(),
    )
    const attempt = readerOf({ call: server.call }).call('FLUSHALL' as ReadCommand)
    await expect(attempt).rejects.toThrow('FLUSHALL is no command that reads')
  })

  test.each([
    [
      'a wrong password',
      () => server.url({ ...reader, password: 'wrong-0815' }),
      /refused the user/,
    ],
    [
      'no such host',
      () => 'redis://u:wrong-0815@nowhere.invalid/0',
      /cannot reach nowhere.invalid:6379/,
    ],
    ['a closed port', () => 'redis://u:wrong-0815@127.0.0.1:1/0', /connection refused/],
    ['a database beyond', () => server.url(reader, '99'), /number below 64/],
  ])('with %s is refused in a sentence without the password', async (_, url, message) => {
    const failure = await open(url()).catch((cause: unknown) => cause as Error)

    expect(failure).toMatchObject({ message: expect.stringMatching(message) })
    expect(JSON.stringify([failure, (failure as Error).stack])).not.toMatch(
      /wrong-0815|secret-4711/,
    )
  })

  test('that stops answering is let go when nobody waits any more', async () => {
    const impatient = new AbortController()
    await using source = await open()
    await server.call('CLIENT', 'PAUSE', '3000')
    setTimeout(() => impatient.abort(new Error('no longer')), 100)
    const listing = source.list(impatient.signal)[Symbol.asyncIterator]()

    await expect(listing.next()).rejects.toThrow('no longer')
    await server.call('CLIENT', 'UNPAUSE')
  })

  test('whose account lacks a permission is refused with the way out', async () => {
    const blind = { user: 'blind', password: 'x' }
    await server.call('ACL', 'SETUSER', blind.user, 'on', `>${blind.password}`, '+@connection')

    await expect(open(server.url(blind))).rejects.toMatchObject({
      code: 'source_refused',
      hint: expect.stringContaining('ACL SETUSER'),
    })
  })
})
