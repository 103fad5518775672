import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import { type AppParts, createApp } from '../../app.ts'
import { createAuth } from '../../auth/auth.ts'
import { createLog } from '../../lib/log.ts'
import { createWrongKeys } from '../../lib/wrong-keys.ts'
import { listen } from '../../listen.ts'
import { openMcp } from '../../open-mcp.ts'
import { openQueries } from '../../open-queries.ts'
import { createPreviews } from '../../previews/previews.ts'
import { openLifecycle } from '../../sandboxes/testing/lifecycle-under-test.ts'
import type { ServerKinds } from '../../sources/sources.ts'
import { tellingOf } from './testing/open-tools.ts'

const key = 'sdk_the-right-one'

/** The owner’s tools over the lifecycle in memory, and one sandbox. */
async function open() {
  await using scope = new AsyncDisposableStack()
  const under = scope.use(await openLifecycle())
  const clock = () => under.time.now
  const shared = { log: createLog('silent'), wrongKeys: createWrongKeys(clock), clock }
  const previews = createPreviews({
    ...{ ...shared, ...under, commands: under.doors.commands },
    origin: () => 'http://127.0.0.1:7777',
    ...{ canaries: { look: () => () => false }, domain: undefined, proxies: [] },
  })
  scope.use(previews)
  const queries = openQueries({ ...under, kinds: {} as ServerKinds })
  const tools = openMcp({ ...shared, ...under, version: '0', queries })
  const parts = {
    ...{ ...shared, ...under, previews, mcp: tools.control, auth: createAuth(key, clock) },
    ...{ dashboard: '/nowhere', version: '0', installation: 'test', names: [] },
    e2b: { key: 'e2b_key', wrongKeys: shared.wrongKeys },
  } as unknown as AppParts
  const place = { host: '127.0.0.1', port: 0, remembered: 0 }
  const { origin } = scope.use(await listen(createApp(parts), place))
  const client = new Client({ name: 'test', version: '0' })
  scope.defer(() => client.close())
  const requestInit = { headers: { authorization: `Bearer ${key}` } }
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${origin}/v1/mcp`), { requestInit }),
  )
  const { id } = await under.create()
  const opened = scope.move()
  return {
    ...{ under, id },
    call: async (name: string, given: object = {}) =>
      tellingOf(await client.callTool({ name, arguments: { sandbox: id, ...given } })),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

describe('checkpoint and rollback', () => {
  test('go back to the newest state, or to one by its name', async () => {
    await using at = await open()
    const { volumes } = at.under
    const write = (text: string) => volumes.write(`${at.id}-workspace`, 'file', text)
    const read = () => volumes.read(`${at.id}-workspace`, 'file')
    write('first')
    const first = await at.call('checkpoint', { name: 'first' })
    write('second')
    const second = await at.call('checkpoint')
    write('third')
    const newest = await at.call('rollback')
    const kept = read()
    const named = await at.call('rollback', { to: 'first' })

    expect(first).toMatchObject({
      ...{ isError: false, structured: { name: 'first' }, text: 'checkpoint "first" is made' },
    })
    expect([newest.structured.checkpoint, kept]).toEqual([second.structured.name, 'second'])
    expect(named.structured).toMatchObject({ checkpoint: 'first', state: 'ready' })
    expect([named.isError, read()]).toEqual([false, 'first'])
  })

  test('are preceded by what there is to go back to', async () => {
    await using at = await open()
    await at.call('checkpoint', { name: 'first' })
    await at.call('checkpoint', { name: 'second' })
    const { structured, text } = await at.call('sandbox_info')

    expect(structured.checkpoints).toMatchObject([{ name: 'second' }, { name: 'first' }])
    expect(text).toMatch(/Checkpoints.*\n {2}second, of .*\n {2}first, of /)
  })

  test('say what there is where nothing is of that name', async () => {
    await using at = await open()
    const none = await at.call('rollback')
    await at.call('checkpoint', { name: 'kept' })
    const unknown = await at.call('rollback', { to: 'other' })
    const again = await at.call('checkpoint', { name: 'kept' })

    expect(none).toMatchObject({
      isError: true,
      text: expect.stringMatching(/has no checkpoint yet/),
    })
    expect(unknown).toMatchObject({ isError: true, text: expect.stringMatching(/It has: kept/) })
    expect(again).toMatchObject({ isError: true, text: expect.stringMatching(/already/) })
  })

  test('tell a command that runs meanwhile where the sandbox went', async () => {
    await using at = await open()
    await at.call('checkpoint', { name: 'kept' })
    const begun = Promise.withResolvers<void>()
    at.under.program = ({ signal }) => {
      begun.resolve()
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(137)))
    }
    const running = at.call('run_command', { command: 'sleep 300' })
    await begun.promise
    at.under.program = () => 0
    const back = await at.call('rollback')

    expect(await running).toMatchObject({
      ...{ isError: true, text: expect.stringMatching(/rolled back to "kept"[\s\S]*conflict/) },
    })
    expect(back.isError).toBe(false)
  })
})

test('the owner’s link to a port opens that alone, and shows no token of the sandbox', async () => {
  await using at = await open()
  const { structured, text } = await at.call('get_url', { port: 3000 })
  const narrowed = new URL(structured.link).searchParams.get('token') ?? ''
  const { capabilities } = at.under

  expect(JSON.stringify([structured, text])).not.toMatch(/sd_/)
  expect(() => capabilities.verifyNarrowed(narrowed, at.id, 'preview 3000')).not.toThrow()
  expect(() => capabilities.verifyNarrowed(narrowed, at.id, 'preview 3001')).toThrow(/opens no/)
  expect(() => capabilities.verify(narrowed)).toThrow(/opens no/)
})

test('the owner’s links are all made of one token, and of another once that is revoked', async () => {
  await using at = await open()
  const { capabilities } = at.under
  const before = capabilities.list(at.id).length
  const ask = (port: number) => at.call('get_url', { port })
  const asked = [await ask(3000), await ask(3000), await ask(3001)]
  const held = capabilities.list(at.id).length
  capabilities.revokeAll(at.id)
  const later = new URL((await ask(3000)).structured.link).searchParams.get('token') ?? ''

  expect(asked.map(({ isError }) => isError)).toEqual([false, false, false])
  expect(held - before).toBe(1)
  expect(() => capabilities.verifyNarrowed(later, at.id, 'preview 3000')).not.toThrow()
})
