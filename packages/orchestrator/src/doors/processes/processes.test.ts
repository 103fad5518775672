import type { ProcessOutputLine, ProcessView } from '@stuntdouble/sdk/wire'
import { StartProcess } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { openFakeEngine } from '../../engine/fake/fake-engine.ts'
import type { FakeCommand, FakeProgram } from '../../engine/fake/fake-process.ts'
import { createCommands } from '../commands.ts'
import { startPod } from '../testing/start-pod.ts'
import type { BackgroundProcess } from './background-process.ts'
import { createProcesses } from './processes.ts'

const pod = 'sb000000000000'
const anySignal = new AbortController().signal

/** Processes of a pod whose every command tells its pid, as the shell does, and then does as it is scripted. */
async function processesOf(program: FakeProgram) {
  const time = { now: 1_000_000 }
  const told: [what: string, view: ProcessView][] = []
  const seen: FakeCommand[] = []
  const engine = openFakeEngine({
    program: (command) => {
      seen.push(command)
      command.stdout.write('42\n')
      return program(command)
    },
  })
  await startPod(engine, pod)
  const processes = createProcesses({
    commands: createCommands(engine),
    clock: () => time.now,
    observer: {
      started: (_sandbox, view) => told.push(['started', view]),
      ended: (_sandbox, view) => told.push(['ended', view]),
    },
  })
  const start = (request: object = { command: 'x' }, signal = anySignal) =>
    processes.start(pod, StartProcess.parse(request), signal)
  return { engine, processes, start, told, seen, time }
}

const untilAborted: FakeProgram = ({ signal }) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(0)))

async function linesOf(process: BackgroundProcess, from = { stdout: 0, stderr: 0 }) {
  const lines: ProcessOutputLine[] = []
  for await (const line of process.follow({ ...from, wait: true }, anySignal)) lines.push(line)
  return lines
}

test('a process is told by its pid inside, and what it says is none of that', async () => {
  const { start, seen } = await processesOf(({ stdout, stderr }) => {
    stdout.write('out')
    stderr.write('err')
    return 3
  })
  const process = await start({ command: ['a', 'b'] })

  const lines = await linesOf(process)
  expect(lines.at(-1)).toEqual({ type: 'exit', exitCode: 3 })
  expect(new Set(lines)).toEqual(
    new Set([
      { type: 'stdout', offset: 0, data: 'b3V0' },
      { type: 'stderr', offset: 0, data: 'ZXJy' },
      { type: 'exit', exitCode: 3 },
    ]),
  )
  expect(process.view).toMatchObject({ pid: 42, state: 'ended', exitCode: 3, command: ['a', 'b'] })
  expect(seen[0]?.user).toEqual({ uid: 1000, gid: 1000 })
})

test('it runs on when whoever started it is gone, and is read from any offset', async () => {
  const { start, processes } = await processesOf(async ({ stdout, stdin }) => {
    for await (const chunk of stdin) stdout.write(chunk)
    return 0
  })
  const asked = new AbortController()
  const { id } = await start({ command: 'cat', stdin: true }, asked.signal)
  asked.abort()
  const process = processes.get(pod, id)
  await process.write(Buffer.from('hello'), anySignal)
  process.closeStdin()

  expect(await linesOf(process, { stdout: 3, stderr: 0 })).toEqual([
    { type: 'stdout', offset: 3, data: Buffer.from('lo').toString('base64') },
    { type: 'exit', exitCode: 0 },
  ])
})

test('one whose caller leaves before it was told of it does not run on', async () => {
  const { start, seen, processes } = await processesOf(untilAborted)
  const asked = new AbortController()
  const starting = start({ command: 'x' }, asked.signal)
  asked.abort()

  await expect(starting).rejects.toThrow()
  expect(processes.list(pod)).toEqual([])
  expect(seen.every(({ signal }) => signal.aborted)).toBe(true)
})

test('output that nobody reads is kept at its end, and the rest counted', async () => {
  const { start } = await processesOf(async ({ stdout }) => {
    for (let at = 0; at < 40; at++) {
      if (!stdout.write(Buffer.alloc(65_536, at))) await new Promise((r) => stdout.once('drain', r))
    }
    return 0
  })
  const process = await start()
  await process.ended
  const [first, second] = await linesOf(process)

  expect(first).toEqual({ type: 'dropped', stream: 'stdout', bytes: 40 * 65_536 - 1024 ** 2 })
  expect(second).toMatchObject({ type: 'stdout', offset: 40 * 65_536 - 1024 ** 2 })
})

test('who follows it loses nothing, however slowly it reads', async () => {
  const { start } = await processesOf(async ({ stdin, stdout }) => {
    await new Promise((resolve) => stdin.once('data', resolve))
    for (let at = 0; at < 60; at++) {
      if (!stdout.write(Buffer.alloc(65_536, at))) await new Promise((r) => stdout.once('drain', r))
    }
    return 0
  })
  const process = await start({ command: 'x', stdin: true })
  const lines = process.follow({ stdout: 0, stderr: 0, wait: true }, anySignal)
  const first = lines.next()
  await process.write(Buffer.from('go'), anySignal)
  let bytes = 0
  for (let { value, done } = await first; !done; { value, done } = await lines.next()) {
    expect(value?.type).not.toBe('dropped')
    if (value?.type === 'stdout') bytes += Buffer.from(value.data, 'base64').length
    if (bytes % (20 * 65_536) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  expect(bytes).toBe(60 * 65_536)
})

test('of many at once, 32 run; the next is refused until one has ended', async () => {
  const { start, processes } = await processesOf(untilAborted)
  const starts = await Promise.allSettled(Array.from({ length: 40 }, () => start()))
  const refused = starts.filter(({ status }) => status === 'rejected')

  expect(refused.length).toBe(8)
  expect(refused[0]).toMatchObject({ reason: { code: 'capacity' } })
  const [first] = processes.list(pod)
  await first?.kill('SIGKILL')
  await first?.ended
  await expect(start()).resolves.toBeDefined()
})

test('those that ended are remembered for ten minutes, and 32 of them', async () => {
  const { start, processes, time } = await processesOf(() => 0)
  const first = await start()
  await first.ended
  for (let more = 0; more < 32; more++) {
    time.now += 1
    await (await start()).ended
  }
  expect(processes.list(pod)).toHaveLength(32)
  expect(() => processes.get(pod, first.id)).toThrow(/no process/)
  time.now += 10 * 60_000 + 1

  expect(processes.list(pod)).toEqual([])
})

test('the output of a sandbox is bounded over all its processes', async () => {
  const { start, processes } = await processesOf(({ stdout, stderr }) => {
    stdout.write(Buffer.alloc(2 * 1024 ** 2))
    stderr.write(Buffer.alloc(2 * 1024 ** 2))
    return 0
  })
  for (let at = 0; at < 30; at++) await (await start()).ended
  const kept = processes
    .list(pod)
    .flatMap(({ view: { stdout, stderr } }) => [stdout, stderr])
    .reduce((bytes, { from, to }) => bytes + to - from, 0)

  expect(kept).toBeGreaterThan(16 * 1024 ** 2 - 1)
  expect(kept).toBeLessThanOrEqual(16 * 1024 ** 2 + 60 * 16 * 1024)
})

test('one that runs too long is killed, and its end says why', async () => {
  const { start, told } = await processesOf(untilAborted)
  const process = await start({ command: 'x', timeoutMs: 20 })
  await process.ended

  expect(process.view).toMatchObject({ exitCode: null, problem: { code: 'timed_out' } })
  expect(told.map(([what]) => what)).toEqual(['started', 'ended'])
})

test('the end of the pod is the end of its processes, and their readers are told', async () => {
  const { start, engine } = await processesOf(untilAborted)
  const process = await start()
  const lines = linesOf(process)
  engine.die(pod)

  expect((await lines).at(-1)).toMatchObject({ type: 'error', problem: { code: 'sandbox_gone' } })
})

test('who started without input cannot write, and who ended takes nothing more', async () => {
  const { start } = await processesOf(untilAborted)
  const process = await start()
  const conflict = { code: 'conflict' }

  await expect(process.write(Buffer.from('x'), anySignal)).rejects.toMatchObject(conflict)
  await process.kill('SIGTERM')
  await process.ended
  expect(process.view.exitCode).toBe(143)
  await expect(process.kill('SIGKILL')).rejects.toMatchObject(conflict)
  await expect(process.resize(1, 1)).rejects.toMatchObject(conflict)
})

test('input that is not read waits outside, however often its senders give up', async () => {
  const { start, seen } = await processesOf(untilAborted)
  const process = await start({ command: 'x', stdin: true })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, at) =>
      process.write(Buffer.alloc(65_536), AbortSignal.timeout(20 + at)),
    ),
  )
  const held = (seen[0]?.stdin.readableLength ?? 0) + (seen[0]?.stdin.writableLength ?? 0)

  expect(held).toBeLessThan(4 * 65_536)
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(45)
})

test('who waits to write is let go by the end of the process', async () => {
  const { start } = await processesOf(untilAborted)
  const process = await start({ command: 'x', stdin: true })
  const writes = Array.from({ length: 5 }, () => process.write(Buffer.alloc(65_536), anySignal))
  const settled = Promise.allSettled(writes)
  await process.kill('SIGKILL')

  expect((await settled).at(-1)).toMatchObject({ reason: { code: 'conflict' } })
})

test('waiting for more ends with a word, with the process, and with patience', async () => {
  const { start } = await processesOf(async ({ stdin, stdout }) => {
    await new Promise((resolve) => stdin.once('data', resolve))
    stdout.write('word')
    return 0
  })
  const process = await start({ command: 'x', stdin: true })
  const none = { stdout: 0, stderr: 0 }
  await process.more(none, AbortSignal.timeout(10))
  const waiting = process.more(none, anySignal)
  await process.write(Buffer.from('go'), anySignal)
  await waiting
  await process.ended
  await process.more({ stdout: 4, stderr: 0 }, anySignal)

  expect(process.view.stdout).toEqual({ from: 0, to: 4 })
})
