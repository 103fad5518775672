import { getEventListeners } from 'node:events'
import { text } from 'node:stream/consumers'
import { type ExecInput, ExecRequest } from '@stuntdouble/sdk/wire'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openFakeEngine } from '../engine/fake/fake-engine.ts'
import type { FakeCommand, FakeProgram } from '../engine/fake/fake-process.ts'
import { createCommands } from './commands.ts'

const anySignal = new AbortController().signal
const pod = 'sb000000000000'

/** Commands in a pod whose every command is the given program. */
async function commandsOf(program: FakeProgram) {
  const seen: FakeCommand[] = []
  const engine = openFakeEngine({
    program: (command) => {
      seen.push(command)
      return program(command)
    },
  })
  await engine.images.ensure('stuntdouble/workspace', () => {}, anySignal)
  const limits = { cpus: 1, memoryBytes: 1, pids: 16, shmBytes: 0 }
  const workspace = {
    ...{
      name: 'workspace',
      image: 'stuntdouble/workspace',
      command: ['sleep'],
      uid: 64_002,
      gid: 64_002,
    },
    ...{ env: {}, workingDirectory: '/', limits, mounts: [], tmpfs: [] },
  }
  const deadline = new Date(Date.now() + 3_600_000)
  await engine.start(
    { id: pod, kind: 'sandbox', deadline, hosts: [], containers: [workspace] },
    anySignal,
  )
  const commands = createCommands(engine)
  const sent = Promise.withResolvers<void>()
  const run = (input: ExecInput, signal = anySignal) =>
    commands.run(pod, ExecRequest.parse(input), { signal, closed: sent.promise })
  return { engine, commands, run, seen, sent: sent.resolve }
}

test('a command’s output and exit code are its result', async () => {
  const { run } = await commandsOf(({ stdout, stderr }) => {
    stdout.write('out')
    stderr.write('err')
    return 3
  })

  expect(await run({ command: 'anything' })).toEqual({ stdout: 'out', stderr: 'err', exitCode: 3 })
})

test('a line is given to a shell, words are not', async () => {
  const { run, seen } = await commandsOf(() => 0)
  await run({ command: 'echo $HOME' })
  await run({ command: ['echo', '$HOME'] })

  expect(seen.map(({ command }) => command)).toMatchObject([
    ['/bin/sh', '-c', expect.stringContaining('bash'), 'sh', '-lc', 'echo $HOME'],
    ['echo', '$HOME'],
  ])
})

test('a command runs as the agent, in the workspace', async () => {
  const { run, seen } = await commandsOf(() => 0)
  await run({ command: 'id', env: { A: 'b' } })

  expect(seen[0]).toMatchObject({
    ...{ container: 'workspace', user: { uid: 1000, gid: 1000 }, env: { A: 'b' } },
    workingDirectory: '/workspace',
  })
})

test('of endless output the beginning is kept, and the command may end', async () => {
  const { run } = await commandsOf(async ({ stdout }) => {
    for (let written = 0; written < 9; written++) {
      if (!stdout.write(Buffer.alloc(1024 ** 2, 'x')))
        await vi.waitUntil(() => !stdout.writableNeedDrain)
    }
    return 0
  })
  const { stdout, truncated, exitCode } = await run({ command: 'yes' })

  expect({ length: stdout.length, truncated, exitCode }).toEqual({
    ...{ length: 8 * 1024 ** 2, truncated: true, exitCode: 0 },
  })
})

test('answers that are not read yet are held up to a share, however many there are', async () => {
  const { run, sent } = await commandsOf(({ stdout }) => {
    stdout.write(Buffer.alloc(6 * 1024 ** 2, 'x'))
    return 0
  })
  const many = await Promise.all(Array.from({ length: 20 }, () => run({ command: 'yes' })))
  const held = many.reduce((total, { stdout }) => total + stdout.length, 0)
  expect(held).toBe(16 * 1024 ** 2)
  expect(many.filter(({ truncated }) => truncated)).toHaveLength(18)

  sent()
  await Promise.resolve()
  expect((await run({ command: 'yes' })).truncated).toBeUndefined()
})

test('a command that takes too long is killed', async () => {
  const { run, seen } = await commandsOf(() => new Promise(() => {}))

  await expect(run({ command: 'sleep', timeoutMs: 20 })).rejects.toMatchObject({
    code: 'timed_out',
  })
  expect(seen[0]?.signal.aborted).toBe(true)
})

test('a command whose client goes away is killed', async () => {
  const { run, seen } = await commandsOf(() => new Promise(() => {}))
  const gone = new AbortController()
  const running = run({ command: 'sleep' }, gone.signal)
  await vi.waitUntil(() => seen.length > 0)
  gone.abort()

  expect(await running).toMatchObject({ exitCode: 137 })
})

test('a command that has ended is not held until its time limit', async () => {
  const { commands } = await commandsOf(({ stdout }) => {
    stdout.end('done')
    return 0
  })
  const { signal } = new AbortController()
  const process = await commands.start(pod, { command: 'true', env: {}, cwd: '/' }, signal)
  process.stderr.resume()

  expect(await text(process.stdout)).toBe('done')
  expect(await process.exit).toBe(0)
  await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([])
})

test('a command that cannot be killed is given up, not waited for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { engine, commands } = await commandsOf(() => new Promise(() => {}))
  const exec = engine.exec.bind(engine)
  engine.exec = async (pod, container, spec) => {
    const process = await exec(pod, container, spec, anySignal)
    process.kill = () => Promise.reject(new Error('no room for a killer'))
    return process
  }
  const gone = new AbortController()
  const request = { command: 'bomb', cwd: '/workspace', env: {} }
  const process = await commands.start(pod, request, gone.signal)
  gone.abort()
  await vi.advanceTimersByTimeAsync(10_000)

  await expect(process.exit).rejects.toMatchObject({ code: 'timed_out' })
  expect(process.stdout.destroyed).toBe(true)
})
