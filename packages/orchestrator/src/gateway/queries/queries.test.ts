import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { QueryAnswer, RunQuery } from '../../sources/sources.ts'
import { openGateway, problem, sandbox } from '../testing/gateway-under-test.ts'

const answer: QueryAnswer = {
  columns: [{ name: 'n', type: 'integer' }],
  ...{ rows: [[1], [2]], affected: null, more: false },
}

const ask = (url: string, body: object, name = 'db') =>
  fetch(`${url}/databases/${name}/query`, { method: 'POST', body: JSON.stringify(body) })

test('a statement is run with its parameters and bounds, answered, and recorded', async () => {
  let asked: unknown
  const query: RunQuery = async (_at, request) => {
    asked = request
    return answer
  }
  await using gateway = await openGateway(() => 0, { query })
  const body = { sql: 'SELECT $1', parameters: [null], maxRows: 3, timeoutMs: 9, readOnly: true }
  const response = await ask(gateway.url, body)

  expect(await response.json()).toEqual(answer)
  expect(asked).toEqual(body)
  expect(gateway.uses).toMatchObject({ open: 0, ever: 1 })
  const [event] = gateway.recorder.list(sandbox)
  expect(event).toMatchObject({ type: 'query', data: { database: 'db', sql: 'SELECT $1' } })
})

test('of an answer too large the beginning is told, and that there is more', async () => {
  const long = 'x'.repeat(1024 ** 2)
  const query: RunQuery = async () => ({ ...answer, rows: Array.from({ length: 9 }, () => [long]) })
  await using gateway = await openGateway(() => 0, { query })
  const { rows, more } = (await (await ask(gateway.url, { sql: 'SELECT 1' })).json()) as QueryAnswer

  expect(rows).toHaveLength(7)
  expect(more).toBe(true)
})

test.each([
  ['no statement', {}],
  ['an empty one', { sql: '' }],
  ['rows without end', { sql: 'SELECT 1', maxRows: 5_001 }],
  ['a key that is none', { sql: 'SELECT 1', user: 'postgres' }],
  ['a parameter that is no value', { sql: 'SELECT 1', parameters: [{}] }],
])('%s is refused, and nothing runs', async (_what, body) => {
  const query: RunQuery = () => Promise.reject(new Error('it ran'))
  await using gateway = await openGateway(() => 0, { query })
  const response = await ask(gateway.url, body)

  expect(response.status).toBe(400)
  expect(await problem(response)).toMatchObject({ code: 'usage' })
})

test('another database and another token are refused', async () => {
  await using gateway = await openGateway(() => 0, { query: async () => answer })
  const sql = 'SELECT 1'
  const elsewhere = await ask(gateway.url, { sql }, '..%2fetc')
  const stranger = await ask(gateway.url.slice(0, -1), { sql })

  expect(await problem(elsewhere)).toMatchObject({ code: 'database_not_found' })
  expect(stranger.status).toBe(401)
})

test('whoever asks and goes away takes the statement along', async () => {
  const started = Promise.withResolvers<AbortSignal>()
  const query: RunQuery = async (_at, _request, signal) => {
    started.resolve(signal)
    await once(signal, 'abort')
    throw signal.reason
  }
  await using gateway = await openGateway(() => 0, { query })
  const abort = new AbortController()
  const asking = fetch(`${gateway.url}/databases/db/query`, {
    ...{ method: 'POST', body: '{"sql":"SELECT 1"}', signal: abort.signal },
  })
  const signal = await started.promise
  abort.abort()

  await expect(asking).rejects.toThrow()
  await expect.poll(() => signal.aborted).toBe(true)
})
