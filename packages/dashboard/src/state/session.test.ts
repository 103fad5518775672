import { expect, test } from 'vitest'
import { keepLive } from './session.ts'
import { createStore } from './store.ts'

/** A page that is signed in, its stream in our hands. */
function watch() {
  const stream = Object.assign(new EventTarget(), { readyState: 1, close: () => {} })
  const asked: string[] = []
  const refresh = {
    all: async () => void asked.push('all'),
    sandbox: async (id: string) => void asked.push(id),
    activity: async () => {},
  }
  const store = createStore()
  store.dispatch({ type: 'signed-in' })
  const stop = keepLive(store, refresh, () => stream as unknown as EventSource)
  const says = (sandbox: string, type: string) => {
    const event = { seq: 1, at: '2026-01-01T00:00:00Z', sandbox, type, data: {} }
    stream.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(event) }))
  }
  return {
    ...{ asked, says },
    [Symbol.dispose]: () => {
      store.dispatch({ type: 'signed-out' })
      stop()
    },
  }
}

test('what happens to a sandbox asks for that sandbox', () => {
  using page = watch()
  page.says('sb1a2b3c4d5e6f', 'ready')

  expect(page.asked).toEqual(['sb1a2b3c4d5e6f'])
})

test('a snapshot that appears asks for the lists, and for no sandbox of its name', () => {
  using page = watch()
  page.says('sn1a2b3c4d5e6f', 'snapshot_sealed')

  expect(page.asked).toEqual(['all'])
})
