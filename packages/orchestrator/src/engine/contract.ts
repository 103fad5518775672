import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newSandboxId } from '../lib/ids.ts'
import { contractCommands as commands } from './contract-commands.ts'
import type { Engine, ExecSpec, PodSpec, Process } from './engine.ts'

/** An engine to put to the test, and what the tests must be able to do from inside a pod. */
export interface EngineUnderTest extends AsyncDisposable {
  readonly engine: Engine
  /** Has `sh`; runs as any user. */
  readonly image: string
  readonly now: () => number
  /** Returns when that much time has passed for the engine. */
  pass(ms: number): Promise<void>
  /** Makes something inside answer each connection to the port with `greeting`. */
  listenInside(pod: string, port: number, greeting: string): Promise<void>
  /** What a program inside reads from 127.0.0.1:3128 until its end. */
  readOut(pod: string): Promise<string>
  /** Ends one container from outside the orchestrator's sight. */
  killContainer(pod: string, name: string): Promise<void>
}

const hour = 3_600_000

/** What every engine promises. The fake keeps it in milliseconds, Docker in seconds. */
export function describeEngine(name: string, open: () => Promise<EngineUnderTest>) {
  describe(`the ${name} engine`, () => {
    describe('starts and ends pods', () => podTests(open))
    describe('runs commands', () => execTests(open))
    describe('carries connections', () => connectionTests(open))
  })
}

function podTests(open: () => Promise<EngineUnderTest>) {
  test('a started pod is observed, listed and in the inventory', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const seen = await under.engine.observe(pod.id, signal)
    expect(seen.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'db running',
      'gate running',
      'workspace running',
    ])
    expect(await under.engine.list(signal)).toContainEqual({ id: pod.id, kind: 'sandbox' })
    const kinds = (await under.engine.inventory(pod.id, signal)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'container')).toHaveLength(3)
  })

  test('starting a pod again leaves its containers as they are', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const before = await under.engine.observe(pod.id, signal)
    await under.engine.start(pod, signal)
    const after = await under.engine.observe(pod.id, signal)
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort())
  })

  test('two starts of one pod at once make one pod', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    await Promise.all([under.engine.start(pod, signal), under.engine.start(pod, signal)])
    expect(await under.engine.observe(pod.id, signal)).toHaveLength(3)
  })

  test('a failed start leaves no container', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    const [first, ...others] = pod.containers
    if (first === undefined) throw new Error('the pod has no container')
    const broken = { ...pod, containers: [{ ...first, image: 'stuntdouble/nowhere' }, ...others] }
    destroyedAfterwards(under.engine, pod)

    await expect(under.engine.start(broken, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/image_unavailable|engine_failed/),
    })
    expect(await under.engine.observe(pod.id, signal)).toEqual([])
  })

  test('an aborted start leaves no container', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    const stop = AbortSignal.abort(new Error('no longer wanted'))
    await expect(under.engine.start(pod, stop)).rejects.toThrow()
    expect(await under.engine.observe(pod.id, signal)).toEqual([])
  })

  test.each([
    ['root', { uid: 0, gid: 0 }],
    ['the gate’s own user', { uid: 64_000, gid: 64_000 }],
    ['root’s group', { uid: 1000, gid: 0 }],
  ])('a container that would run as %s is refused', async (_, user) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    const containers = pod.containers.map((container) => ({ ...container, ...user }))
    const refused = under.engine.start({ ...pod, containers }, anySignal())
    await expect(refused).rejects.toMatchObject({ code: 'policy_refused' })
  })

  test('destroying an unknown pod succeeds', async ({ signal }) => {
    await using under = await open()

    await expect(under.engine.destroy('never-created', signal)).resolves.toBeUndefined()
  })

  test('after destroy nothing is left, also when two destroy at once', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)
    await under.engine.listenEgress(pod.id, (socket) => socket.destroy())

    await Promise.all([under.engine.destroy(pod.id, signal), under.engine.destroy(pod.id, signal)])
    expect(await under.engine.observe(pod.id, signal)).toEqual([])
    expect(await under.engine.inventory(pod.id, signal)).toEqual([])
    expect((await under.engine.list(signal)).map(({ id }) => id)).not.toContain(pod.id)
  })

  test('a destroy that overtakes a start leaves nothing', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    const starting = under.engine.start(pod, signal).catch(() => 'overtaken')
    await under.engine.destroy(pod.id, signal)
    await starting
    expect(await under.engine.inventory(pod.id, signal)).toEqual([])
  })

  test('a container that died is observed as exited, the others go on', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    await under.killContainer(pod.id, 'db')
    const seen = await under.engine.observe(pod.id, signal)
    const states = Object.fromEntries(seen.map(({ name, state }) => [name, state]))
    expect(states).toEqual({ gate: 'running', workspace: 'running', db: 'exited' })
    expect(seen.find(({ name }) => name === 'db')?.exitCode).toBe(137)
  })

  test('the whole pod ends when its deadline passes', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under, { deadline: new Date(under.now() + 2000) })

    await under.pass(4000)
    const seen = await under.engine.observe(pod.id, signal)
    expect(seen.map(({ state }) => state)).toEqual(['exited', 'exited', 'exited'])
  })

  test('a deadline that was moved holds', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under, { deadline: new Date(under.now() + 2000) })

    await under.engine.setDeadline(pod.id, new Date(under.now() + hour))
    await under.pass(4000)
    expect((await under.engine.observe(pod.id, signal)).map(({ state }) => state)).toEqual(
      Array(3).fill('running'),
    )
    await under.engine.setDeadline(pod.id, new Date(under.now() - 1000))
    await under.pass(2500)
    expect((await under.engine.observe(pod.id, signal)).map(({ state }) => state)).toEqual(
      Array(3).fill('exited'),
    )
  })

  test('an ended pod is not started again', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under, { deadline: new Date(under.now() + 1000) })

    await under.pass(3000)
    await expect(under.engine.start(pod, signal)).rejects.toMatchObject({ code: 'sandbox_gone' })
  })

  test('the deadline of an unknown pod is refused', async () => {
    await using under = await open()

    const moved = under.engine.setDeadline('never-created', new Date())
    await expect(moved).rejects.toMatchObject({ code: 'sandbox_gone' })
  })
}

function execTests(open: () => Promise<EngineUnderTest>) {
  test('both outputs and the exit code come back', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.bothOutputs)
    run.stdin.end()
    const [out, err, code] = await Promise.all([text(run.stdout), text(run.stderr), run.exit])
    expect({ out, err, code }).toEqual({ out: 'out\n', err: 'err\n', code: 3 })
  })

  test('what is written to stdin arrives, and its end too', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.echo)
    run.stderr.resume()
    const long = 'x'.repeat(300_000)
    run.stdin.end(long)
    expect(await text(run.stdout)).toBe(long)
    expect(await run.exit).toBe(0)
  })

  test('environment and working directory are the command’s', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.environment, {
      env: { COLOUR: 'blue' },
      workingDirectory: '/tmp',
    })
    run.stderr.resume()
    expect(await text(run.stdout)).toBe('blue /tmp\n')
  })

  test('kill ends a command that waits', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.wait)
    run.stdout.resume()
    run.stderr.resume()
    await run.kill()
    await run.kill()
    expect(await run.exit).toBe(137)
  })

  test('aborting kills the command', async () => {
    await using under = await open()
    const pod = await startedPod(under)
    const stop = new AbortController()

    const run = await exec(under, pod, commands.wait, {}, stop.signal)
    run.stdout.resume()
    run.stderr.resume()
    stop.abort()
    expect(await run.exit).toBe(137)
  })

  test('an endless writer nobody reads is held up', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.endless)
    await once(run.stdout, 'readable')
    await sleep(300)
    const held = run.stdout.readableLength
    await sleep(300)
    expect(run.stdout.readableLength).toBe(held)
    expect(held).toBeLessThan(2 ** 20)
    await run.kill()
    run.stdout.resume()
    run.stderr.resume()
    expect(await run.exit).toBe(137)
  })

  test('a command in an unknown container is refused', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = under.engine.exec(pod.id, 'nobody', execSpec(commands.echo), signal)
    await expect(run).rejects.toMatchObject({ code: 'sandbox_gone' })
  })

  test('a command whose pod goes away rejects', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.wait)
    run.stdout.resume()
    run.stderr.resume()
    const ended = expect(run.exit).rejects.toMatchObject({ code: 'sandbox_gone' })
    await under.engine.destroy(pod.id, signal)
    await ended
  })
}

function connectionTests(open: () => Promise<EngineUnderTest>) {
  test('a connection reaches a listener inside', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)
    await under.listenInside(pod.id, 8080, 'hello from inside')

    const socket = await under.engine.connect(pod.id, 8080, signal)
    expect(await text(socket as Readable)).toBe('hello from inside')
  })

  test('a connection to a port where nobody listens ends without a byte', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const socket = await under.engine.connect(pod.id, 9, signal)
    expect(await text(socket as Readable)).toBe('')
  })

  test('what leaves the pod reaches its own handler', async ({ signal }) => {
    await using under = await open()
    const one = await startedPod(under)
    const two = await startedPod(under)
    await using _first = await under.engine.listenEgress(one.id, (out) => void out.end('one'))
    await using _second = await under.engine.listenEgress(two.id, (out) => void out.end('two'))

    expect(await under.readOut(one.id)).toBe('one')
    expect(await under.readOut(two.id)).toBe('two')
    expect(signal.aborted).toBe(false)
  })

  test('a second handler for one pod is refused until the first is closed', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const first = await under.engine.listenEgress(pod.id, (out) => void out.end('first'))
    const second = under.engine.listenEgress(pod.id, (out) => void out.end('second'))
    await expect(second).rejects.toMatchObject({ code: 'conflict' })
    await first[Symbol.asyncDispose]()
    await using _third = await under.engine.listenEgress(pod.id, (out) => void out.end('third'))
    expect(await under.readOut(pod.id)).toBe('third')
  })

  test('one pod does not reach what listens in another', async ({ signal }) => {
    await using under = await open()
    const one = await startedPod(under)
    const two = await startedPod(under)
    await under.listenInside(one.id, 8080, 'only in one')

    const socket = await under.engine.connect(two.id, 8080, signal)
    expect(await text(socket as Readable)).toBe('')
  })
}

async function startedPod(
  under: EngineUnderTest,
  changes: Partial<PodSpec> = {},
): Promise<PodSpec> {
  const pod = { ...aPod(under), ...changes }
  destroyedAfterwards(under.engine, pod)
  await under.engine.start(pod, anySignal())
  return pod
}

/** Registered before the start, so that a failing test leaves nothing either. */
function destroyedAfterwards(engine: Engine, { id }: PodSpec): void {
  onTestFinished(() => engine.destroy(id, anySignal()))
}

/** A pod of two small containers that only wait. */
export function aPod({ image, now }: Pick<EngineUnderTest, 'image' | 'now'>): PodSpec {
  const containers = ['workspace', 'db'].map((name, index) => ({
    name,
    image,
    command: ['sleep', 'infinity'],
    uid: 1000 + index,
    gid: 1000 + index,
    env: {},
    workingDirectory: '/',
    limits: { cpus: 1, memoryBytes: 256 * 2 ** 20, pids: 64, shmBytes: 2 ** 20 },
    mounts: [],
    tmpfs: [
      { path: '/tmp', sizeBytes: 16 * 2 ** 20, inodes: 1000, uid: 1000, gid: 1000, mode: 0o1777 },
    ],
  }))
  return {
    id: newSandboxId(),
    kind: 'sandbox',
    deadline: new Date(now() + hour),
    hosts: ['db'],
    containers,
  }
}

export const execSpec = (
  command: readonly string[],
  changes: Partial<ExecSpec> = {},
): ExecSpec => ({
  command,
  env: {},
  workingDirectory: '/',
  ...changes,
})

function exec(
  ...request: [EngineUnderTest, PodSpec, readonly string[], Partial<ExecSpec>?, AbortSignal?]
): Promise<Process> {
  const [{ engine }, { id }, command, changes, signal = anySignal()] = request
  return engine.exec(id, 'workspace', execSpec(command, changes), signal)
}

const anySignal = () => AbortSignal.timeout(60_000)
