import { expect, test } from 'vitest'
import type { FakeProgram } from '../../../engine/fake/fake-process.ts'
import { openGateway } from '../../../gateway/testing/gateway-under-test.ts'

/** A directory of as many files as were asked for, of which each question finds one more. */
function growing() {
  const asked: (readonly string[])[] = []
  const program: FakeProgram = ({ command, stdout }) => {
    asked.push(command)
    if (command.at(-2) === '/nowhere') return 3
    for (const name of asked.keys()) stdout.write(`f\t${name}\t0\t0.0\t644\t${name}\0`)
    return 0
  }
  return { asked, program }
}

async function open(program: FakeProgram) {
  const gateway = await openGateway(program)
  const ask = async (procedure: string, message: object, headers: object = {}) => {
    const response = await fetch(`${gateway.origin}/e2b/filesystem.Filesystem/${procedure}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...{ 'x-access-token': gateway.token, ...headers },
      },
      body: JSON.stringify(message),
    })
    return { status: response.status, body: (await response.json()) as { watcherId?: string } }
  }
  return { ...gateway, ask }
}

test('a watcher is made, asked and removed', async () => {
  const { asked, program } = growing()
  await using envd = await open(program)
  const made = await envd.ask('CreateWatcher', { path: '~/src', recursive: true })
  const { watcherId } = made.body

  expect(made.status).toBe(200)
  expect(await envd.ask('GetWatcherEvents', { watcherId })).toEqual({
    status: 200,
    body: { events: [{ name: '1', type: 'EVENT_TYPE_CREATE' }] },
  })
  expect(await envd.ask('RemoveWatcher', { watcherId })).toEqual({ status: 200, body: {} })
  expect(await envd.ask('GetWatcherEvents', { watcherId })).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  })
  expect(asked[0]?.slice(-2)).toEqual(['/workspace/src', '32'])
})

test('a path is one argument, of which nothing is left to climb by', async () => {
  const { asked, program } = growing()
  await using envd = await open(program)
  await envd.ask('CreateWatcher', { path: '../../etc/$(id); `id`/..' })

  expect(asked[0]?.slice(-2)).toEqual(['/etc', '1'])
  expect(await envd.ask('CreateWatcher', { path: 'a\0b' })).toMatchObject({ status: 400 })
  expect(await envd.ask('CreateWatcher', { path: '/nowhere' })).toMatchObject({ status: 404 })
})

test('there is an end to how many there are, and to what one may see', async () => {
  const many: FakeProgram = ({ stdout }) => {
    stdout.write('f\t1\t0\t0.0\t644\tname\0'.repeat(50_000))
    return 0
  }
  await using large = await open(many)
  expect(await large.ask('CreateWatcher', { path: '/' })).toMatchObject({ status: 429 })

  await using envd = await open(growing().program)
  const asked = Array.from({ length: 20 }, () => envd.ask('CreateWatcher', { path: '/' }))
  const made = (await Promise.all(asked)).map(({ status }) => status)
  expect(made.filter((status) => status === 200)).toHaveLength(16)
  expect(made.filter((status) => status === 429)).toHaveLength(4)
})

test('who has no token of the sandbox has no watcher', async () => {
  await using envd = await open(growing().program)
  const { watcherId } = (await envd.ask('CreateWatcher', { path: '/' })).body

  for (const token of ['', 'sdk_key', envd.token.replace(/.$/, '!')])
    for (const procedure of ['CreateWatcher', 'GetWatcherEvents', 'RemoveWatcher'])
      expect(await envd.ask(procedure, { watcherId }, { 'x-access-token': token })).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      })
})
