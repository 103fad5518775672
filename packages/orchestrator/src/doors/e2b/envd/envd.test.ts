import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { FakeProgram } from '../../../engine/fake/fake-process.ts'
import { openGateway, sandbox } from '../../../gateway/testing/gateway-under-test.ts'
import { envelope, envelopesIn } from '../connect/envelope.ts'

const says: FakeProgram = ({ stdout }) => {
  stdout.write('42\nhello')
  return 3
}
const waits: FakeProgram = ({ stdout, signal }) => {
  stdout.write('42\n')
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(0)))
}
const unary = { 'content-type': 'application/json' }
const stream = { 'content-type': 'application/connect+json' }

async function open(program: FakeProgram = says) {
  const gateway = await openGateway(program)
  const headers = { 'x-access-token': gateway.token, 'e2b-sandbox-id': sandbox }
  return {
    ...gateway,
    ask: (path: string, init: RequestInit = {}) =>
      fetch(`${gateway.origin}/e2b${path}`, { ...init, headers: { ...headers, ...init.headers } }),
    sign: (path: string, operation: string, expiration?: number) => {
      const parts = [path, operation, '', gateway.token, ...(expiration ? [expiration] : [])]
      const digest = createHash('sha256').update(parts.join(':')).digest('base64')
      const query = new URLSearchParams({ path, signature: `v1_${digest.replace(/=+$/, '')}` })
      if (expiration) query.set('signature_expiration', String(expiration))
      return `${gateway.origin}/files?${query}`
    },
  }
}

const post = (headers: Record<string, string>, body: NonNullable<RequestInit['body']>) => ({
  method: 'POST',
  headers,
  body,
})
const messagesOf = async (response: Response) => {
  const messages: unknown[] = []
  const body = Buffer.from(await response.arrayBuffer())
  // The end counts as well here.
  if ((body.at(0) ?? 0) === 2) return [JSON.parse(body.subarray(5).toString())]
  for await (const message of envelopesIn(Readable.from([body]))) messages.push(message)
  return messages
}
const start = { process: { cmd: 'x', args: [], envs: {} }, stdin: false }

test('a process is started, and its events come in envelopes', async () => {
  await using envd = await open()
  const response = await envd.ask('/process.Process/Start', post(stream, envelope(start)))

  expect(response.headers.get('content-type')).toBe('application/connect+json')
  expect(await messagesOf(response)).toEqual([
    { event: { start: { pid: 42 } } },
    { event: { data: { stdout: 'aGVsbG8=' } } },
    {
      event: {
        end: { exitCode: 3, exited: true, status: 'exit status 3', error: 'exit status 3' },
      },
    },
  ])
})

test('a process outlives its client, and is listed, found and signalled', async () => {
  await using envd = await open(waits)
  const gone = new AbortController()
  const started = await envd.ask('/process.Process/Start', {
    ...post(stream, envelope({ ...start, tag: 'mine' })),
    signal: gone.signal,
  })
  await started.body?.getReader().read()
  gone.abort()
  const list = async () => (await envd.ask('/process.Process/List', post(unary, '{}'))).json()
  expect(await list()).toEqual({
    processes: [
      { pid: 42, tag: 'mine', config: { cmd: 'x', args: [], envs: {}, cwd: '/workspace' } },
    ],
  })
  const kill = JSON.stringify({ process: { tag: 'mine' }, signal: 'SIGNAL_SIGKILL' })
  expect((await envd.ask('/process.Process/SendSignal', post(unary, kill))).status).toBe(200)
  expect(await list()).toEqual({ processes: [] })
  const again = await envd.ask('/process.Process/SendSignal', post(unary, kill))
  expect([again.status, await again.json()]).toMatchObject([404, { code: 'not_found' }])
})

test('input comes in a stream as well, and its end with the process’s', async () => {
  await using envd = await open(async ({ stdin, stdout }) => {
    stdout.write('42\n')
    for await (const chunk of stdin) stdout.write(chunk)
    return 0
  })
  const typed = { ...start, stdin: true, pty: { size: { cols: 80, rows: 24 } } }
  const events = envd.ask('/process.Process/Start', post(stream, envelope(typed)))
  const process = { process: { pid: 42 } }
  const ask = (procedure: string, message: object) =>
    envd.ask(`/process.Process/${procedure}`, post(unary, JSON.stringify(message)))
  await expect.poll(async () => (await ask('Update', process)).status).toBe(200)
  const parts = [{ start: process }, { keepalive: {} }, { data: { input: { pty: 'aGk=' } } }]
  const input = Buffer.concat(parts.map((part) => envelope(part)))
  const sent = await envd.ask('/process.Process/StreamInput', post(stream, new Uint8Array(input)))
  expect(await messagesOf(sent)).toEqual([{}])
  expect((await ask('CloseStdin', process)).status).toBe(200)

  expect(await messagesOf(await events)).toMatchObject([
    { event: { start: { pid: 42 } } },
    { event: { data: { pty: 'aGk=' } } },
    { event: { end: { exitCode: 0 } } },
  ])
})

describe('envd answers by name', () => {
  test.each([
    ['an unknown service', '/nothing.Nothing/Start', unary, '{}', 501, 'unimplemented'],
    ['an unknown procedure', '/process.Process/Nothing', unary, '{}', 501, 'unimplemented'],
    ['an inherited name', '/process.Process/constructor', unary, '{}', 501, 'unimplemented'],
    ['no JSON', '/process.Process/List', unary, '{', 400, 'invalid_argument'],
    [
      'the wrong type',
      '/process.Process/List',
      { 'content-type': 'application/proto' },
      '',
      400,
      'invalid_argument',
    ],
    ['a unary stream', '/process.Process/Start', unary, '{}', 400, 'invalid_argument'],
    [
      'a huge message',
      '/process.Process/SendInput',
      unary,
      ' '.repeat(5 * 2 ** 20),
      429,
      'resource_exhausted',
    ],
    [
      'a path with NUL',
      '/filesystem.Filesystem/Stat',
      unary,
      '{"path":"a\\u0000b"}',
      400,
      'invalid_argument',
    ],
    [
      'a depth without end',
      '/filesystem.Filesystem/ListDir',
      unary,
      '{"path":"/","depth":1e9}',
      400,
      'invalid_argument',
    ],
    [
      'a process that is none',
      '/process.Process/SendInput',
      unary,
      '{"process":{"pid":1}}',
      404,
      'not_found',
    ],
    ['no process at all', '/process.Process/CloseStdin', unary, '{}', 404, 'not_found'],
  ] as const)('%s', async (...[, path, headers, body, status, code]) => {
    await using envd = await open()
    const response = await envd.ask(path, post(headers, body))

    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code, message: expect.any(String) })
    expect(envd.uses.open).toBe(0)
  })

  test.each([
    ['a torn message', Buffer.from([0, 0, 0]), 'invalid_argument'],
    ['a compressed one', Buffer.from([1, 0, 0, 0, 0]), 'unimplemented'],
    ['one without a process', envelope({}), 'invalid_argument'],
    [
      'a name that is no variable',
      envelope({ process: { cmd: 'x', envs: { 'A=B': '' } } }),
      'invalid_argument',
    ],
  ])('in a stream: %s', async (_what, body, code) => {
    await using envd = await open()
    const response = await envd.ask('/process.Process/Start', post(stream, new Uint8Array(body)))

    expect(response.status).toBe(200)
    expect(await messagesOf(response)).toMatchObject([{ error: { code } }])
  })

  test('another user', async () => {
    await using envd = await open()
    const root = { ...stream, authorization: `Basic ${btoa('root:')}` }
    const response = await envd.ask('/process.Process/Start', post(root, envelope(start)))

    expect(await messagesOf(response)).toMatchObject([{ error: { code: 'permission_denied' } }])
    expect((await envd.ask('/files?path=a&username=root')).status).toBe(403)
  })

  test('what it has not', async () => {
    await using envd = await open()
    const response = await envd.ask('/metrics')

    expect(response.status).toBe(501)
    expect(await response.json()).toMatchObject({ code: 501, message: /not served here/ })
  })
})

describe('a token', () => {
  test.each([
    ['of nobody', { 'x-access-token': `sd_${sandbox}_${'a'.repeat(43)}` }],
    ['that is none', { 'x-access-token': 'hello' }],
    ['of another sandbox', { 'e2b-sandbox-id': 'sb111111111111' }],
    ['beside a name that is none', { 'e2b-sandbox-id': '../..' }],
  ])('%s opens nothing', async (_what, headers) => {
    await using envd = await open()

    expect((await envd.ask('/health', { headers })).status).toBe(401)
  })

  test('of a sandbox that is gone is told so as E2B tells it', async () => {
    await using envd = await open()
    expect((await envd.ask('/health')).status).toBe(204)
    envd.capabilities.revokeAll(sandbox)
    const response = await envd.ask('/health')

    expect([response.status, await response.json()]).toMatchObject([502, { code: 502 }])
  })
})

describe('files', () => {
  test('are written by a form or as they are, and read', async () => {
    await using envd = await open()
    const form = new FormData()
    form.append('file', new Blob(['one']), '/workspace/dir/one')
    form.append('file', new Blob(['two']), 'two')
    const written = await envd.ask('/files', { method: 'POST', body: form })
    const octets = post({ 'content-type': 'application/octet-stream' }, 'three')
    await envd.ask('/files?path=three', octets)

    expect(await written.json()).toEqual([
      { name: 'one', type: 'file', path: '/workspace/dir/one' },
      { name: 'two', type: 'file', path: '/workspace/two' },
    ])
    expect([...envd.contents.keys()]).toEqual([
      ...['/workspace/dir/one', '/workspace/two', '/workspace/three'],
    ])
    const read = await envd.ask('/files?path=/workspace/two')
    expect(await read.text()).toBe('two')
    expect(read.headers.get('content-disposition')).toBe('attachment')
  })

  test.each([
    ['no form', { 'content-type': 'text/plain' }, 'x', 400],
    ['a form without a boundary', { 'content-type': 'multipart/form-data' }, 'x', 400],
    [
      'a torn form',
      { 'content-type': 'multipart/form-data; boundary=b' },
      '--b\r\nContent-Disp',
      400,
    ],
    ['bytes without a path', { 'content-type': 'application/octet-stream' }, 'x', 400],
    [
      'a strange encoding',
      { 'content-type': 'application/octet-stream', 'content-encoding': 'zstd' },
      'x',
      400,
    ],
  ])('sent as %s are refused', async (...[, headers, body, status]) => {
    await using envd = await open()
    const response = await envd.ask('/files', post(headers as Record<string, string>, body))

    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code: status, message: expect.any(String) })
  })

  test('that are not there are not found', async () => {
    await using envd = await open()

    expect((await envd.ask('/files?path=nothing')).status).toBe(404)
  })

  test('are opened by the address that their own token signed, and by no other', async () => {
    await using envd = await open()
    envd.contents.set('/workspace/a', Buffer.from('signed'))
    const never = await fetch(envd.sign('/workspace/a', 'read'))
    expect(never.status).toBe(401)
    await envd.ask('/health')
    const soon = Math.floor(envd.time.now / 1000) + 60

    expect(await (await fetch(envd.sign('/workspace/a', 'read'))).text()).toBe('signed')
    expect(await (await fetch(envd.sign('/workspace/a', 'read', soon))).text()).toBe('signed')
    for (const address of [
      envd.sign('/workspace/a', 'write'),
      envd.sign('/workspace/b', 'read').replace('%2Fb', '%2Fa'),
      envd.sign('/workspace/a', 'read', soon).replace(String(soon), String(soon + 1)),
      envd.sign('/workspace/a', 'read', soon).replace(/&signature_expiration=\d+/, ''),
      envd.sign('/workspace/a', 'read', soon - 120),
      envd.sign('/workspace/a', 'read').replace('/files?', '/e2b/health?'),
    ])
      expect((await fetch(address)).status, address).toBe(401)
    envd.capabilities.revokeAll(sandbox)
    expect((await fetch(envd.sign('/workspace/a', 'read'))).status).toBe(502)
  })
})
