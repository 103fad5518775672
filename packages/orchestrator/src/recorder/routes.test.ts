import { expect, test } from 'vitest'
import type { AppParts } from '../app.ts'
import { createApp } from '../app.ts'
import { createAuth } from '../auth/auth.ts'
import { createLog } from '../lib/log.ts'
import { createWrongKeys } from '../lib/wrong-keys.ts'
import { listen } from '../listen.ts'
import { openStorage } from '../storage/storage.ts'
import { createRecorder, recorderMigrations } from './recorder.ts'

const key = 'sdk_the-right-one'
const sandbox = 'sb000000000000'

async function open() {
  const recorder = createRecorder(openStorage(':memory:', recorderMigrations), Date.now)
  const parts = {
    ...{ recorder, version: '0', installation: 'test', dashboard: '/nowhere', snapshots: {} },
    ...{ auth: createAuth(key, Date.now), log: createLog('silent') },
    ...{ names: [], wrongKeys: createWrongKeys(Date.now) },
  } as unknown as AppParts
  const control = await listen(createApp(parts), { host: '127.0.0.1', port: 0, remembered: 0 })
  const watch = async (headers: Record<string, string> = {}) => {
    const sent = { authorization: `Bearer ${key}`, ...headers }
    const response = await fetch(`${control.origin}/v1/events`, { headers: sent })
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
  return { recorder, watch, [Symbol.asyncDispose]: () => control[Symbol.asyncDispose]() }
}

test('a watcher hears what happens from now on', async () => {
  await using under = await open()
  under.recorder.record(sandbox, 'created')
  const watcher = await under.watch()
  under.recorder.record(sandbox, 'ready')

  expect(watcher.type).toBe('text/event-stream; charset=utf-8')
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
