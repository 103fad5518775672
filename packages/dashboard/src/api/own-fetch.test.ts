import { expect, test } from 'vitest'
import { createOwnFetch } from './own-fetch.ts'

const answering = (headers: Record<string, string>) => async () => new Response('', { headers })

test('every request carries the header that other sites cannot send', async () => {
  const sent: RequestInit[] = []
  const { fetch } = createOwnFetch(async (_url, init) => {
    sent.push(init)
    return new Response('')
  })

  await fetch('/v1/sandboxes', { headers: { accept: 'application/json' } })

  const headers = new Headers(sent[0]?.headers)
  expect(headers.get('x-stuntdouble-csrf')).toBe('1')
  expect(headers.get('accept')).toBe('application/json')
  expect(sent[0]?.credentials).toBe('same-origin')
})

test('a clock that is minutes off is noticed, a second is not', async () => {
  const later = new Date(Date.now() + 300_000).toUTCString()
  const skewed = createOwnFetch(answering({ date: later }))
  const same = createOwnFetch(answering({ date: new Date().toUTCString() }))

  await skewed.fetch('/', {})
  await same.fetch('/', {})

  expect(skewed.clockOffset()).toBeGreaterThan(290_000)
  expect(same.clockOffset()).toBe(0)
})

test('an answer without a date changes nothing', async () => {
  const { fetch, clockOffset } = createOwnFetch(answering({}))

  await fetch('/', {})

  expect(clockOffset()).toBe(0)
})
