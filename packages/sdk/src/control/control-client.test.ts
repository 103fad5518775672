import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { SandboxError } from '../errors.ts'
import { startFakeOrchestrator } from '../testing/fake-orchestrator.ts'
import { ControlClient } from './control.ts'

async function serve(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    control: new ControlClient({ url, apiKey: 'sk_secret' }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

test('every route answers what its schema says', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const control = new ControlClient({ ...orchestrator, url: `${orchestrator.url}/` })
  const { id } = await control.createSandbox({})

  expect(await control.health()).toMatchObject({ ok: true })
  expect(await control.doctor()).toMatchObject({ ok: true })
  expect(await control.sandbox(id)).toMatchObject({ id, state: 'ready' })
  expect(await control.handover(id)).toMatchObject({ id })
  expect(await control.events(id)).toMatchObject([{ type: 'created' }])
  expect(await control.uploadWorkspace('tar')).toMatchObject({ bytes: 3 })
  expect(await control.listSources()).toMatchObject([{ name: 'shop' }])
  expect(await control.buildSnapshot('shop')).toMatchObject({ source: 'shop', tables: 12 })
  expect(await control.listSnapshots()).toHaveLength(1)
  expect(await control.snapshot('sn000000000001')).toMatchObject({ signature: 's' })
  await control.removeSnapshot('sn000000000001')
  expect(await control.review('shop', { update: true })).toMatchObject({ written: true })
  expect(await control.plan('shop')).toMatchObject({ source: 'shop', subset: true })
  expect(await control.destroySandbox(id)).toEqual(await control.receipt(id))
})

test('events arrive one by one until the reader leaves', async () => {
  await using orchestrator = await startFakeOrchestrator()
  for await (const event of new ControlClient(orchestrator).watch()) {
    expect(event).toMatchObject({ seq: 1, type: 'created' })
    break
  }
})

test('a stream of events that breaks goes on where it was, each event told once', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { state } = orchestrator
  const event = { at: '2026-01-01T00:00:00.000Z', sandbox: 'sb0123456789ab', data: {} }
  for (const seq of [2, 3, 4, 5]) state.events.push({ ...event, seq, type: 'command' })
  state.eventsAtOnce = 2
  const told: number[] = []
  for await (const { seq } of new ControlClient(orchestrator).watch({ after: 0 })) {
    told.push(seq)
    if (seq === 5) break
  }

  expect(told).toEqual([1, 2, 3, 4, 5])
  expect(state.requests).toEqual([0, 2, 4].map((after) => `GET /v1/events?after=${after}`))
})

test('watching what was never there, or with a wrong key, is thrown at once', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const first = (options: { url: string; apiKey: string }) =>
    new ControlClient(options).watch().next()

  await expect(first({ ...orchestrator, apiKey: 'sk_wrong' })).rejects.toMatchObject({
    code: 'unauthorized',
  })
  await expect(first({ url: 'http://127.0.0.1:1', apiKey: 'x' })).rejects.toMatchObject({
    code: 'orchestrator_unreachable',
  })
})

test('a creation whose connection broke is asked for again, and made once', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { state } = orchestrator
  state.breaks = 1
  const { id } = await new ControlClient(orchestrator).createSandbox({})

  expect(state.requests).toEqual(Array(2).fill('POST /v1/sandboxes'))
  expect([...state.sandboxes.keys()]).toEqual([id])
})

test('a key of one’s own is sent, and a refusal is not asked for again', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { state } = orchestrator
  const control = new ControlClient(orchestrator)
  const first = await control.createSandbox({}, { idempotencyKey: 'mine' })
  expect((await control.createSandbox({}, { idempotencyKey: 'mine' })).id).toBe(first.id)
  state.failure = new SandboxError('capacity', 'Full.', { hint: 'Wait.', retryable: true })

  await expect(control.createSandbox({})).rejects.toMatchObject({ code: 'capacity' })
  expect(state.requests).toHaveLength(3)
})

test('a refusal keeps its code and hint', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const control = new ControlClient({ url: orchestrator.url, apiKey: 'sk_wrong' })
  await expect(control.doctor()).rejects.toMatchObject({
    code: 'unauthorized',
    hint: 'Set STUNTDOUBLE_API_KEY.',
  })
})

test('nobody listening is an error with a hint', async () => {
  const control = new ControlClient({ url: 'http://127.0.0.1:1', apiKey: 'sk_secret' })
  await expect(control.health()).rejects.toMatchObject({ code: 'orchestrator_unreachable' })
})

test('a key is not taken along to where a server redirects', async () => {
  const keys: unknown[] = []
  await using elsewhere = await serve((request, response) => {
    keys.push(request.headers.authorization)
    response.writeHead(302, { location: '/v1/elsewhere' }).end()
  })
  await expect(elsewhere.control.health()).rejects.toThrow()
  expect(keys).toEqual(['Bearer sk_secret'])
})

test('an answer of another shape is refused', async () => {
  await using odd = await serve((_request, response) => response.end('{"ok":"yes"}'))
  await expect(odd.control.health()).rejects.toThrow('not one this client understands')
})

test('a server that says nothing is given up on', async () => {
  await using silent = await serve(() => {})
  const health = silent.control.health({ timeoutMs: 20 })
  await expect(health).rejects.toMatchObject({ code: 'timed_out', retryable: true })
})

test('a stream that ends before its result is an error', async () => {
  await using cut = await serve((_request, response) => {
    response.writeHead(201, { 'content-type': 'application/x-ndjson' })
    response.end('{"type":"progress","phase":"a","message":"b"}\n')
  })
  await expect(cut.control.createSandbox({})).rejects.toMatchObject({ retryable: true })
})

test('a receipt keeps keys that this client does not know, for they are signed', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const control = new ControlClient(orchestrator)
  const { id } = await control.createSandbox({})
  const receipt = orchestrator.state.end(id)
  await using newer = await serve((_request, response) =>
    response.end(JSON.stringify({ ...receipt, seal: 'new' })),
  )
  expect(await newer.control.receipt(id)).toMatchObject({ seal: 'new' })
})
