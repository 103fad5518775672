import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ndjsonType } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { respondWithProgress } from './progress-response.ts'

test.each([
  ['fails is a failure', 1],
  ['ends because nobody waits for it any more is none', 0],
])('work that %s', async (_how, count) => {
  const failures: unknown[] = []
  const done = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    response.on('failure', (cause) => failures.push(cause))
    void respondWithProgress(request, response, async (onProgress, signal) => {
      onProgress({ phase: 'work', message: 'Working' })
      if (count === 0) await once(signal, 'abort')
      throw signal.reason ?? new Error('broken')
    }).finally(done.resolve)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const leave = new AbortController()

  const { port } = server.address() as AddressInfo
  const headers = { accept: ndjsonType }
  await fetch(`http://127.0.0.1:${port}`, { headers, signal: leave.signal })
  leave.abort()
  await done.promise
  server.close()
  expect(failures).toHaveLength(count)
})
