import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { EventPage } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { AppParts } from '../app.ts'
import { createApp } from '../app.ts'
import { createAuth } from '../auth/auth.ts'
import { createLog } from '../lib/log.ts'
import { createWrongKeys } from '../lib/wrong-keys.ts'
import { listen } from '../listen.ts'
import { openStorage } from '../storage/storage.ts'
import { streamEvents } from './event-stream.ts'
import { createRecorder, recorderMigrations } from './recorder.ts'

const key = 'sdk_the-right-one'
const sandbox = 'sb000000000000'

async function open() {
  const recorder = createRecorder(openStorage(':memory:', recorderMigrations), Date.now)
  const parts = {
    ...{ recorder, version: '0', installation: 'test', dashboard: '/nowhere', snapshots: {} },
    ...{ auth: createAuth(key, Date.now), log: createLog('silent') },
    ...{ names: [], wrongKeys: createWrongKeys(Date.now) },
    e2b: {},
  } as unknown as AppParts
  const control = await listen(createApp(parts), { host: '127.0.0.1', port: 0, remembered: 0 })
  const ask = (query: string, headers: Record<string, string>) =>
    fetch(`${control.origin}/v1/events${query}`, {
      headers: { authorization: `Bearer ${key}`, ...headers },
    })
  const watch = async (headers: Record<string, string> = {}, query = '') => {
    const response = await ask(query, headers)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let seen = ''
    return {
      type: response.headers.get('content-type'),
      /** Reads until `count` events have come. */
      async events(count: number) {
        while ((seen.match(/^data: /gm)?.length ?? 0) < count) seen += (await reader?.read())?.value
        return [...seen.matchAll(/^id: (\d+)\ndata: (.*)$/gm)].map(([, id, data = '']) => ({
          id: Number(id),
          type: JSON.parse(data).type,
        }))
      },
      close: () => reader?.cancel(),
    }
  }
  const page = (query = '') => ask(query, { accept: 'application/json' })
  return { recorder, watch, page, [Symbol.asyncDispose]: () => control[Symbol.asyncDispose]() }
}

test('a watcher hears what happens from now on', async () => {
  await using under = await open()
  under.recorder.record(sandbox, 'created')
  const watcher = await under.watch()
  under.recorder.record(sandbox, 'ready')

  expect(watcher.type).toBe('text/event-stream')
  expect(await watcher.events(1)).toEqual([{ id: 2, type: 'ready' }])
  await watcher.close()
})

test('a watcher that comes back hears what it missed, each event once', async () => {
  await using under = await open()
  for (const type of ['created', 'ready', 'ending'] as const) under.recorder.record(sandbox, type)
  const watcher = await under.watch({ 'last-event-id': '1' })
  under.recorder.record(sandbox, 'ended')

  expect((await watcher.events(3)).map(({ id }) => id)).toEqual([2, 3, 4])
  await watcher.close()
})

test('a watcher that missed thousands hears them all', async () => {
  await using under = await open()
  for (let made = 0; made < 2500; made++) under.recorder.record(sandbox, 'command')
  const watcher = await under.watch({ 'last-event-id': '1' })

  expect(await watcher.events(2499)).toHaveLength(2499)
  await watcher.close()
})

test('a watcher that wants little hears that alone, and where to go on', async () => {
  await using under = await open()
  under.recorder.record('sb111111111111', 'created')
  under.recorder.record(sandbox, 'created')
  under.recorder.record(sandbox, 'command')
  under.recorder.record(sandbox, 'ready')
  const watcher = await under.watch({}, `?after=0&sandbox=${sandbox}&type=created,ready`)

  expect(await watcher.events(2)).toEqual([
    { id: 2, type: 'created' },
    { id: 4, type: 'ready' },
  ])
  await watcher.close()
})

test('a watcher that comes back goes on where it was, not where its address says', async () => {
  await using under = await open()
  for (const type of ['created', 'ready', 'ended'] as const) under.recorder.record(sandbox, type)
  const watcher = await under.watch({ 'last-event-id': '2' }, '?after=0')

  expect(await watcher.events(1)).toEqual([{ id: 3, type: 'ended' }])
  await watcher.close()
})

test('a watcher that takes nothing holds no more than a page of what it missed', async () => {
  await using under = await open()
  const looked: number[] = []
  const { page } = under.recorder
  under.recorder.page = (query) => {
    looked.push(query.after)
    return page(query)
  }
  const stdoutTail = 'x'.repeat(2000)
  for (let made = 0; made < 9000; made++)
    under.recorder.recordSoon(sandbox, 'command', { stdoutTail })
  // Some megabytes fit into the buffers of two sockets; eighteen do not.
  const watcher = await under.watch({ 'last-event-id': '0' })
  await expect.poll(() => looked.length, { interval: 100 }).toBeGreaterThan(0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(looked.length).toBeLessThan(9)
  await watcher.close()
})

test('a watcher that takes nothing for too long is cut', async () => {
  const recorder = createRecorder(openStorage(':memory:', recorderMigrations), Date.now)
  const stdoutTail = 'x'.repeat(2000)
  for (let made = 0; made < 9000; made++) recorder.recordSoon(sandbox, 'command', { stdoutTail })
  const server = createServer((_request, response) =>
    streamEvents({ recorder, response, patienceMs: 50 }, { after: 0 }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1').pause()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    const [served] = (await once(server, 'connection')) as [Socket]
    await once(served, 'close')
    socket.destroy()
  } finally {
    server.close()
  }
})

test('who asks for JSON gets pages', async () => {
  await using under = await open()
  for (let made = 0; made < 1200; made++) under.recorder.record(sandbox, 'command')
  const first = EventPage.parse(await (await under.page()).json())
  const second = EventPage.parse(await (await under.page(`?after=${first.next}`)).json())

  expect(first).toMatchObject({ next: 1000, more: true })
  expect([first.events.length, second.events.length]).toEqual([1000, 200])
  expect(second).toMatchObject({ next: 1200, more: false })
})

test.each(['?after=-1', '?after=x', '?sandbox=nobody', '?type=created,unheard-of', '?since=1'])(
  '%s is refused in words',
  async (query) => {
    await using under = await open()
    const response = await under.page(query)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'usage', hint: expect.any(String) })
  },
)

test('a watcher that goes away is forgotten', async () => {
  await using under = await open()
  let listeners = 0
  const { subscribe } = under.recorder
  under.recorder.subscribe = (listener) => {
    listeners += 1
    const end = subscribe(listener)
    return () => {
      listeners -= 1
      return end()
    }
  }
  const watcher = await under.watch()
  await expect.poll(() => listeners).toBe(1)
  await watcher.close()

  await expect.poll(() => listeners).toBe(0)
})
