import { readFile, writeFile } from 'node:fs/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compileKeyMasker, parseKeyPolicy } from '../../masking/masking.ts'
import { startServer, type TestServer } from '../../sources/redis/testing/server.ts'
import { type DockerBuild, openDockerBuild } from '../testing/docker-build.ts'

const signal = AbortSignal.timeout(500_000)
const person = 'annegret.musterfrau@corp-4711.de'
const token = 'sk_live_9f86d081884c7d659a2feaa0'

let server: TestServer
let docker: DockerBuild
beforeAll(async () => {
  server = await startServer()
  docker = await openDockerBuild()
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await docker?.[Symbol.asyncDispose]()
})
beforeEach(() => server.call('FLUSHALL'))

const leftovers = async () => [
  ...(await docker.engine.list(signal)).map(({ id }) => id),
  ...(await docker.engine.volumes.list(signal)).map(({ name }) => name),
]
const source = { kind: 'redis', policy: './masking.yaml' } as const

async function build(policy: string) {
  await writeFile(docker.policyPath, policy)
  const snapshots = await docker.snapshotsOf(server.url(), source)
  const built = await snapshots.build('shop', () => {}, signal)
  const shown = snapshots.show(built.id)
  await snapshots.remove(built.id, signal)
  return shown
}

/** What a build says when it stops; nothing of it is left. */
async function refusal(policy: string): Promise<SandboxError> {
  const failure = await build(policy).catch((cause: unknown) => cause)
  expect(await leftovers()).toEqual([])
  if (!(failure instanceof SandboxError)) throw new Error('the build was not refused')
  expect(JSON.stringify([failure, failure.message, failure.hint])).not.toContain('musterfrau')
  return failure
}

describe('a snapshot of a Redis', () => {
  test('counts what was copied and masked by pattern', async () => {
    await server.call('HSET', `session:${person}`, 'email', person, 'seen', '1')
    await server.call('SET', 'lock:a', '1')
    const built = await build(
      '"session:{email}": { fields: { email: email, seen: keep } }\n"lock:*": drop\n',
    )

    expect(built).toMatchObject({ kind: 'redis', version: 7, rows: 1, masked: 2, database: '0' })
    expect(built.tablesDetail).toEqual([
      { table: 'session:{email}', rows: 1, maskedColumns: ['{email}', 'field email'] },
    ])
    expect(built.leakCheck).toMatchObject({ values: 2, searched: 1 })
  })

  test('is not begun while a key has no answer, and the error shows shapes alone', async () => {
    await server.call('SET', `session:${person}`, '1')
    await server.call('SET', `session:${person}:cart`, '1')
    const failure = await refusal('"other:*": keep\n')

    expect(failure.code).toBe('policy_unanswered')
    expect(failure.message).toContain('  session:* (string, once)\n  session:*:cart (string, once)')
  })

  test('has no plan, for it has no tables', async () => {
    const snapshots = await docker.snapshotsOf(server.url(), source)

    await expect(snapshots.plan('shop', () => {}, signal)).rejects.toMatchObject({
      code: 'usage',
      message: 'shop is no store of tables; there is nothing to plan.',
    })
  })

  test('stops at a field that nobody answered for', async () => {
    await server.call('HSET', 'user:1', 'email', person, person, '1')
    const failure = await refusal('"user:*": { fields: { email: email } }\n')

    expect(failure.code).toBe('policy_unanswered')
    expect(failure.message).toContain('a field such as * of user:*')
  })

  test.each([
    ['the fields of a list', '{ fields: { a: keep } }', /user:\*: is answered by fields.*list/],
    ['a stream', 'keep', /user:\*: keys of type stream can only be answered with drop/],
  ])('is not begun for %s', async (what, answer, message) => {
    if (what === 'a stream') await server.call('XADD', 'user:1', '*', 'a', 'b')
    else await server.call('RPUSH', 'user:1', 'a')

    expect((await refusal(`"user:*": ${answer}\n`)).message).toMatch(message)
  })

  test.each([
    [
      'a value that is kept',
      () => server.call('SET', 'note:1', `ask ${person}`),
      'keys."note:*".value',
    ],
    ['a name that is kept', () => server.call('SET', `note:${person}`, '1'), 'keys."note:*".name'],
    ['a secret that is kept', () => server.call('RPUSH', 'note:1', token), 'keys."note:*".value'],
  ])('is not sealed when somebody stands in %s', async (_, plant, where) => {
    await plant()
    const failure = await refusal('"note:*": keep\n')

    expect(failure.code).toBe('snapshot_failed')
    expect(failure.message).toContain(where)
    expect(failure.message).not.toContain(token)
  })

  test('is not sealed when what is masked in one pattern is kept in another', async () => {
    await server.call('SET', 'user:1', '+49 151 2345 6789')
    await server.call('SET', 'note:1', 'call +49 151 2345 6789 back')
    const failure = await refusal('"user:*": phone\n"note:*": keep\n')

    expect(failure.message).toContain('values of keys."user:*".value, which is masked')
    expect(failure.message).toContain('keys."note:*".value, which is kept')
  })

  test('is not sealed when masking made one key of two', async () => {
    const policy = '"u:{username}": keep\n'
    const answered = compileKeyMasker({
      policy: parseKeyPolicy(policy, 'masking.yaml'),
      ...{ key: Buffer.alloc(32, 7), onMasked: () => {} },
    }).answer(Buffer.from('u:bob'))
    const masked = `${answered?.name}`
    await server.call('SET', 'u:bob', '1')
    await server.call('SET', masked, '1')

    expect((await refusal(`${policy}"${masked}": keep\n`)).message).toContain(
      'holds 1 keys where 2 were copied',
    )
  })

  test('is built by the policy that is proposed for it, as it is', async () => {
    for (let index = 0; index < 30; index++) {
      const email = `annegret.musterfrau${index}@corp.de`
      await server.call(
        'HSET',
        `session:${email}`,
        'email',
        email,
        'name',
        'Anna Meier',
        'plan',
        'a',
      )
      await server.call('SET', `user:${index}:profile`, JSON.stringify({ email, n: index }))
      await server.call('SADD', 'online', email)
      await server.call('SETEX', `token:${index}f86d081884c7d65${index}a2feaa0c55ad`, '900', email)
    }
    await server.call('XADD', 'log', '*', 'a', 'b')
    await writeFile(docker.policyPath, '')
    const snapshots = await docker.snapshotsOf(server.url(), source)
    const review = await snapshots.review('shop', true, signal)
    const written = await readFile(docker.policyPath, 'utf8')

    expect(written).not.toContain('musterfrau')
    expect(written).toContain('"session:{email}":\n  fields:\n    "email": email\n')
    expect(written).toContain('"user:*:profile": { json: { "$.email": email')
    expect(written).toContain('"online": email')
    expect(written).toContain('"token:{secret}": email')
    expect(written).toContain('"log": drop')
    expect(review.columns).toContainEqual(
      expect.objectContaining({ table: 'session:{email}', column: 'name', type: 'hash 30' }),
    )
    const built = await build(written)
    expect(built.rows).toBe(91)
    const again = await snapshots.review('shop', false, signal)
    expect(again.columns.every(({ change }) => change === 'same')).toBe(true)
  })

  test('is empty where that is its stance, and nothing of the source is asked for but its version', async () => {
    await server.call('SET', `session:${person}`, '1')
    await server.call('CONFIG', 'RESETSTAT')
    const snapshots = await docker.snapshotsOf(server.url(), { kind: 'redis', stance: 'empty' })
    const built = await snapshots.build('shop', () => {}, signal)
    const stats = String(await server.call('INFO', 'commandstats'))

    expect(built).toMatchObject({ rows: 0, masked: 0, version: 7, image: 'stuntdouble/redis:7' })
    expect([...stats.matchAll(/^cmdstat_(\w+)/gm)].map(([, command]) => command).sort()).toEqual([
      ...['auth', 'config', 'info'],
    ])
    await snapshots.remove(built.id, signal)
    expect(await leftovers()).toEqual([])
  })
})
