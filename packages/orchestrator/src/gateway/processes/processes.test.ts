import { Sandbox } from '@stuntdouble/sdk'
import type { ProcessView } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { FakeProgram } from '../../engine/fake/fake-process.ts'
import { openGateway, problem, sandbox } from '../testing/gateway-under-test.ts'
import { lostProcesses } from './lost.ts'

/** The gateway before commands that tell their pid, as the shell does. */
const open = (program: FakeProgram) =>
  openGateway((command) => {
    command.stdout.write('42\n')
    return program(command)
  })

const echo: FakeProgram = async ({ stdin, stdout }) => {
  for await (const chunk of stdin) stdout.write(chunk)
  return 5
}
const forever: FakeProgram = ({ stdout, signal }) => {
  stdout.write('up')
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(0)))
}

test('the SDK starts one, leaves it, finds it again and hears all of it', async () => {
  await using gateway = await open(echo)
  const { commands } = await Sandbox.connect(gateway.url)
  const first = await commands.run('cat', { background: true, stdin: true, tag: 'mine' })
  await first.sendStdin('früh ')
  first.disconnect()
  await expect(first.wait()).rejects.toThrow(/disconnected/)
  const heard: string[] = []
  const second = await commands.connect(first.id, { onStdout: (text) => heard.push(text) })
  await second.sendStdin('und spät')
  await second.closeStdin()

  expect(await second.wait()).toEqual({ stdout: 'früh und spät', stderr: '', exitCode: 5 })
  expect(heard.join('')).toBe('früh und spät')
  expect(await commands.list()).toMatchObject([
    { id: first.id, pid: 42, state: 'ended', exitCode: 5, command: 'cat', tag: 'mine' },
  ])
  expect(await commands.kill(first.id)).toBe(false)
})

test('starts and ends are recorded', async () => {
  await using gateway = await open(forever)
  const { commands } = await Sandbox.connect(gateway.url)
  const { id } = await commands.run(['serve', 'it'], { background: true })

  expect(await commands.kill(id)).toBe(true)
  expect(gateway.recorder.list(sandbox).map(({ type, data }) => [type, data])).toEqual([
    [
      'process_started',
      { process: id, pid: 42, command: 'serve it', cwd: '/workspace', tty: false },
    ],
    ['process_ended', { process: id, exitCode: 137 }],
  ])
})

test('a process alone is no use; who follows it is one, and is told of the sandbox’s end', async () => {
  await using gateway = await open(forever)
  const { commands } = await Sandbox.connect(gateway.url)
  const command = await commands.run('serve', { background: true })
  await expect.poll(() => gateway.uses.open).toBe(1)
  command.disconnect()
  await expect.poll(() => gateway.uses.open).toBe(0)
  const again = await commands.connect(command.id)
  await expect.poll(() => gateway.uses.open).toBe(1)
  gateway.cut()

  await expect(again.wait()).rejects.toMatchObject({ code: 'sandbox_gone' })
})

test('plain requests read a page, wait for more, write, resize and end', async () => {
  await using gateway = await open(echo)
  const url = `${gateway.url}/processes`
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}${path}`, init)
    return response.status === 204 ? response.status : await response.json()
  }
  const body = JSON.stringify({ command: 'cat', tty: { cols: 80, rows: 24 } })
  const { id } = (await ask('', { method: 'POST', body })) as ProcessView
  const waiting = ask(`/${id}/output?waitMs=10000`)
  expect(await ask(`/${id}/stdin`, { method: 'POST', body: 'hé' })).toBe(204)

  expect(await waiting).toMatchObject({
    process: { state: 'running' },
    stdout: { text: 'hé', next: 3, dropped: 0 },
    stderr: { text: '', next: 0 },
  })
  const size = JSON.stringify({ cols: 100, rows: 30 })
  expect(await ask(`/${id}/resize`, { method: 'POST', body: size })).toBe(204)
  expect(await ask(`/${id}/stdin?eof=true`, { method: 'POST' })).toBe(204)
  expect(await ask(`/${id}/output?stdout=3&waitMs=1000`)).toMatchObject({ stdout: { text: '' } })
  expect(await ask(`/${id}`)).toMatchObject({ state: 'ended', exitCode: 5 })
})

test.each([
  ['GET', '/pr000000000000', undefined, 404, 'process_not_found'],
  ['GET', '/..%2f..', undefined, 404, 'process_not_found'],
  ['GET', '/pr000000000000/output', undefined, 404, 'process_not_found'],
  ['DELETE', '/pr000000000000', undefined, 404, 'process_not_found'],
  ['POST', '', '{}}', 400, 'usage'],
  ['POST', '', '{"command":"x","user":"root"}', 400, 'usage'],
  ['POST', '', '{"command":"x","cwd":"up/.."}', 400, 'usage'],
] as const)('%s %s is refused by name', async (...[method, path, body, status, code]) => {
  await using gateway = await open(echo)
  const init = { method, ...(body && { body }) }
  const response = await fetch(`${gateway.url}/processes${path}`, init)

  expect(response.status).toBe(status)
  expect(await problem(response)).toMatchObject({ code, hint: expect.any(String) })
})

test.each(['stdout=-1', 'stdout=x', 'waitMs=999999', 'nonsense=1'])(
  'output at %s is a matter of usage',
  async (query) => {
    await using gateway = await open(echo)
    const { commands } = await Sandbox.connect(gateway.url)
    const { id } = await commands.run('cat', { background: true })
    const response = await fetch(`${gateway.url}/processes/${id}/output?${query}`)

    expect(response.status).toBe(400)
  },
)

test('what an orchestrator started that is gone is told to be lost, and cannot be asked for more', async () => {
  await using gateway = await open(echo)
  const data = { process: 'pr000000000000', pid: 7, command: 'npm run dev', cwd: '/', tty: false }
  gateway.recorder.record(sandbox, 'process_started', data)
  gateway.recorder.record(sandbox, 'process_started', { ...data, process: 'pr111111111111' })
  gateway.recorder.record(sandbox, 'process_ended', { process: 'pr111111111111', exitCode: 0 })
  const { commands } = await Sandbox.connect(gateway.url)

  expect(await commands.list()).toMatchObject([
    { id: 'pr000000000000', pid: 7, state: 'lost', exitCode: null },
  ])
  const reading = commands.kill('pr000000000000')
  await expect(reading).rejects.toMatchObject({ code: 'conflict', hint: /kill PID/ })
})

test('events of another form are nobody’s process', () => {
  const at = '2026-01-01T00:00:00.000Z'
  const event = { seq: 1, at, sandbox, type: 'process_started', data: { process: 7 } }

  expect(lostProcesses([event], new Set())).toEqual([])
})
