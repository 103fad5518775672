import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { query } from '@anthropic-ai/claude-agent-sdk'
import { Sandbox } from '@stuntdouble/sdk'
import { sandboxSession } from '@stuntdouble/sdk/ai'
import { agentInside, remoteTools } from '@stuntdouble/sdk/claude-agent-sdk'
import { SandboxBackend } from '@stuntdouble/sdk/deepagents'
import type { Handover } from '@stuntdouble/sdk/wire'
import { generateText, stepCountIs, tool } from 'ai'
import { createDeepAgent } from 'deepagents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { programOf } from '../script/lib/doc-blocks.ts'
import { chatModel } from './adapters/chat-model.ts'
import { model } from './adapters/model.ts'
import { runCommand } from './lib/command-result.ts'
import { repository } from './lib/images.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

let stuntdouble: Stuntdouble
let box: Sandbox
beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 20m\n' } })
  const { url } = await stuntdouble.json<Handover>(['up'])
  box = await Sandbox.connect(url, { env: stuntdouble.env })
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text()

describe('the AI SDK’s session', () => {
  test('reads, writes, lists, looks and deletes as its interface says', async () => {
    const session = sandboxSession(box)
    await session.writeTextFile({ path: 'deep/a.txt', content: 'one\ntwo\nthree\n' })
    await session.writeBinaryFile({ path: '/workspace/deep/b', content: Uint8Array.of(0, 255) })
    await box.commands.run('ln -s a.txt deep/link && mkfifo deep/pipe')

    const lines = { path: 'deep/link', startLine: 2, endLine: 99 }
    expect(await session.readTextFile(lines)).toBe('two\nthree\n')
    expect(await session.readBinaryFile({ path: 'deep/b' })).toEqual(Uint8Array.of(0, 255))
    expect(await session.stat({ path: 'deep/link' })).toEqual({ type: 'file', size: 14 })
    expect(await session.stat({ path: 'deep' })).toMatchObject({ type: 'directory' })
    expect(await session.stat({ path: 'deep/pipe' })).toMatchObject({ type: 'other' })
    const listed = (await session.listDirectory({ path: 'deep' })) ?? []
    expect(listed.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'a.txt', type: 'file' },
      { name: 'b', type: 'file' },
      { name: 'link', type: 'symlink' },
      { name: 'pipe', type: 'other' },
    ])
    expect(await session.deleteFile({ path: 'deep/link' })).toBe(true)
    expect(await session.readTextFile({ path: 'deep/a.txt' })).toContain('one')
    await expect(session.deleteFile({ path: 'deep' })).rejects.toThrow('directory')
    await expect(session.listDirectory({ path: 'deep/a.txt' })).rejects.toThrow('directory')
  })

  test('says null of what is not there', async () => {
    const session = sandboxSession(box)
    const path = '-n/nothing'

    expect(await session.readFile({ path })).toBeNull()
    expect(await session.readTextFile({ path })).toBeNull()
    expect(await session.stat({ path })).toBeNull()
    expect(await session.listDirectory({ path })).toBeNull()
    expect(await session.deleteFile({ path })).toBe(false)
  })

  test('runs where and with what it is told', async () => {
    const command = 'pwd; echo "$GREETING"; echo no >&2; exit 3'
    const env = { GREETING: 'grüße' }
    const ran = await sandboxSession(box).run({ command, workingDirectory: '/tmp', env })

    expect(ran).toEqual({ exitCode: 3, stdout: '/tmp\ngrüße\n', stderr: 'no\n' })
  })

  test('spawns what streams, takes input, and is killed or aborted', async () => {
    const session = sandboxSession(box)
    const counted = await session.spawn({ command: 'wc -c', stdin: true })
    const writer = counted.stdin.getWriter()
    await writer.write(new Uint8Array(100_000))
    await writer.close()
    expect((await textOf(counted.stdout)).trim()).toBe('100000')
    expect(await counted.wait()).toEqual({ exitCode: 0 })

    const killed = await session.spawn({ command: 'sleep 60' })
    await killed.kill()
    expect((await killed.wait()).exitCode).not.toBe(0)
    await killed.kill()

    const abort = new AbortController()
    const aborted = await session.spawn({ command: 'sleep 60', abortSignal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(aborted.wait()).rejects.toThrow('enough')
  })

  test('a stream that nobody reads holds up nothing', async () => {
    const command = 'head -c 20000000 /dev/zero >&2; echo done'
    const process = await sandboxSession(box).spawn({ command })

    expect(await process.wait()).toEqual({ exitCode: 0 })
  })

  test('reaches a tool of one’s own', async () => {
    const run_command = tool({
      description: 'Runs a command.',
      inputSchema: z.object({ command: z.string() }),
      execute: async ({ command }, { experimental_sandbox: sandbox }) => sandbox?.run({ command }),
    })
    const { text } = await generateText({
      ...{ model, prompt: 'id -un', stopWhen: stepCountIs(3), tools: { run_command } },
      experimental_sandbox: sandboxSession(box),
    })

    expect(text).toContain('agent')
  })
})

describe('the backend of a deep agent', () => {
  test('does what the framework’s own methods ask of a sandbox', async () => {
    const backend = new SandboxBackend(box)
    await box.commands.run('rm -rf da && mkdir da && printf "a\nneedle\n" > da/x.txt')

    const { files = [] } = await backend.ls('/workspace/da')
    expect(files.map(({ path }) => path)).toEqual(['/workspace/da/x.txt'])
    expect(await backend.grep('needle', '/workspace/da')).toMatchObject({ matches: [{ line: 2 }] })
    await backend.write('/workspace/da/sub/new.md', 'first')
    await backend.edit('/workspace/da/sub/new.md', 'first', 'second')
    expect(await box.files.readText('da/sub/new.md')).toBe('second')
    const found = await backend.glob('**/*.md', '/workspace/da')
    expect(found.files?.map(({ path }) => path)).toEqual(['sub/new.md'])
  })

  test('has one stream of output, in its order, and the exit code', async () => {
    const ran = await new SandboxBackend(box).execute('echo one; echo two >&2; echo three; exit 3')

    expect(ran).toEqual({ output: 'one\ntwo\nthree\n', exitCode: 3, truncated: false })
  })

  test('tells of each file whether it came, and of the others nothing is lost', async () => {
    const backend = new SandboxBackend(box)
    const bytes = Uint8Array.of(0, 255, 10)
    const there = '/workspace/up/a.bin'
    const uploaded = await backend.uploadFiles([
      [there, bytes],
      ['/workspace', bytes],
      ['/etc/passwd', bytes],
    ])
    const downloaded = await backend.downloadFiles([there, '/workspace/none', '/workspace/up'])

    expect(uploaded.map(({ error }) => error)).toEqual([null, 'is_directory', 'permission_denied'])
    expect(downloaded).toEqual([
      { path: there, content: bytes, error: null },
      { path: '/workspace/none', content: null, error: 'file_not_found' },
      { path: '/workspace/up', content: null, error: 'is_directory' },
    ])
  })

  test('runs what an agent of the framework asks for', async () => {
    const agent = createDeepAgent({ model: chatModel, backend: new SandboxBackend(box) })
    const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'Who?' }] })

    expect(messages.map(({ text }) => text).join('\n')).toContain('agent of')
  })
})

test('the Claude Agent SDK has its agent run inside, with what it was asked', async () => {
  await box.files.write('bin/claude', await readFile(join(repository, 'e2e/adapters/claude.py')))
  await box.commands.run('chmod +x bin/claude')
  const inside = agentInside(box, { env: { PATH: '/workspace/bin:/usr/bin:/bin' } })
  const options = { ...remoteTools(box), ...inside }
  const messages = await Array.fromAsync(query({ prompt: 'Who are you?', options }))

  expect(messages.at(-1)).toMatchObject({ result: expect.stringMatching(/^agent: .*Who are you/) })
})

test('the program of docs/adapters.md works as it is written', async () => {
  const program = programOf('docs/adapters.md', 'ts')
  const mock = (name: string) => readFile(join(repository, 'e2e/adapters', name), 'utf8')
  await stuntdouble.write({
    'program.ts': program,
    'model.ts': await mock('model.ts'),
    'chat-model.ts': await mock('chat-model.ts'),
  })
  await symlink(join(repository, 'e2e/node_modules'), join(stuntdouble.project, 'node_modules'))
  const { stdout, stderr, exitCode } = await runCommand({
    ...{ file: process.execPath, args: ['program.ts'], cwd: stuntdouble.project },
    ...{ timeoutMs: 120_000, env: stuntdouble.env },
  })

  expect(exitCode, stderr).toBe(0)
  const [answer, ...rest] = stdout.split('\n')
  expect(answer).toContain('people')
  expect(rest).toEqual(['two', 'null', 'Done.', ''])
})
