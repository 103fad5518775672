import type { CallToolResult, Tool } from '@modelcontextprotocol/client'
import type { Handover } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { ownSandboxes } from './own-sandboxes.ts'
import type { Arguments, Tools } from './upstream.ts'

const anySignal = new AbortController().signal
const noted = (name: string): Tool => ({
  name,
  inputSchema: {
    ...{ type: 'object', properties: { sandbox: { type: 'string' } } },
    required: ['sandbox', 'command'],
  },
})

/** Tools that note what they are asked. */
function open(createHere = async () => handover('sb000000000001')) {
  const asked: [string, Arguments][] = []
  const all: Tools = {
    instructions: 'All.',
    list: async () => ['sandbox_create', 'sandbox_destroy', 'run_command'].map(noted),
    call: async ({ name, given }): Promise<CallToolResult> => {
      asked.push([name, given])
      const structuredContent = { sandbox: 'sb000000000002' }
      return { content: [], ...(name === 'sandbox_create' && { structuredContent }) }
    },
  }
  const tools = ownSandboxes(all, createHere)
  const call = (name: string, given: Arguments = {}) =>
    tools.call({ name, given, signal: anySignal, report: () => {} })
  return { asked, tools, call }
}

const handover = (id: string) =>
  ({ id, expiresAt: '2026-01-01T00:00:00.000Z', databases: { db: {} } }) as unknown as Handover

test('a sandbox is asked for in those tools alone that act in none by themselves', async () => {
  const { tools } = open()
  const listed = await tools.list()

  expect(listed.map(({ inputSchema }) => inputSchema.required)).toEqual([
    ...[['sandbox', 'command'], ['sandbox', 'command'], ['command']],
  ])
})

test('nothing runs before there is a sandbox', async () => {
  const { call, asked } = open()

  expect(await call('run_command')).toMatchObject({
    ...{ isError: true, content: [{ text: expect.stringContaining('sandbox_create') }] },
  })
  expect(asked).toEqual([])
})

test('what names no sandbox acts in the one that was made last, until it was ended', async () => {
  const { call, asked } = open()
  const made = await call('sandbox_create', { ttl: '5m' })
  await call('run_command', { command: 'x' })
  await call('run_command', { command: 'x', sandbox: 'sb000000000009' })
  await call('sandbox_create', { blueprint: {} })
  await call('run_command', { command: 'x' })
  await call('sandbox_destroy', { sandbox: 'sb000000000002' })

  expect(made.structuredContent).toEqual({
    ...{ sandbox: 'sb000000000001', expiresAt: '2026-01-01T00:00:00.000Z', databases: ['db'] },
  })
  expect(asked.map(([name, { sandbox }]) => [name, sandbox])).toEqual([
    ['run_command', 'sb000000000001'],
    ['run_command', 'sb000000000009'],
    ['sandbox_create', undefined],
    ['run_command', 'sb000000000002'],
    ['sandbox_destroy', 'sb000000000002'],
  ])
  expect(await call('run_command')).toMatchObject({ isError: true })
})

test('a sandbox that cannot be made is a result that says why', async () => {
  const { call } = open(() => Promise.reject(new Error('fetch failed')))

  expect(await call('sandbox_create')).toMatchObject({
    ...{ isError: true, content: [{ text: expect.stringContaining('sandbox doctor') }] },
  })
})
