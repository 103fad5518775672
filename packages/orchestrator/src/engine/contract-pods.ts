import type { Isolation } from '@stuntdouble/sdk/wire'
import { onTestFinished } from 'vitest'
import { newSandboxId } from '../lib/ids.ts'
import type { Engine, ExecSpec, PodSpec, Process } from './engine.ts'

/** An engine to put to the test, and what the tests must be able to do from inside a pod. */
export interface EngineUnderTest extends AsyncDisposable {
  readonly engine: Engine
  /** Has `sh`; runs as any user. */
  readonly image: string
  readonly now: () => number
  /** Of the workspace; the database stays on the machine’s kernel. */
  readonly isolation?: Isolation
  /** Returns when that much time has passed for the engine. */
  pass(ms: number): Promise<void>
  /** Makes something inside answer each connection to the port with `greeting`. */
  listenInside(pod: string, port: number, greeting: string): Promise<void>
  /** What a program inside reads from 127.0.0.1:3128 until its end. */
  readOut(pod: string): Promise<string>
  /** Ends one container from outside the orchestrator's sight. */
  killContainer(pod: string, name: string): Promise<void>
}

export type OpenEngine = () => Promise<EngineUnderTest>

export const hour = 3_600_000

export async function startedPod(
  under: EngineUnderTest,
  changes: Partial<PodSpec> = {},
): Promise<PodSpec> {
  const pod = { ...aPod(under), ...changes }
  destroyedAfterwards(under.engine, pod)
  await under.engine.start(pod, anySignal())
  return pod
}

/** Registered before the start, so that a failing test leaves nothing either. */
export function destroyedAfterwards(engine: Engine, { id }: PodSpec): void {
  onTestFinished(() => engine.destroy(id, anySignal()))
}

/** A pod of two small containers that only wait. */
export function aPod({
  image,
  now,
  isolation = 'runc',
}: Pick<EngineUnderTest, 'image' | 'now' | 'isolation'>): PodSpec {
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
    isolation: name === 'workspace' ? isolation : 'runc',
    ...(name === 'workspace' && { commandsBy: { uid: 1000, gid: 1000 } }),
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

export function exec(
  ...request: [EngineUnderTest, PodSpec, readonly string[], Partial<ExecSpec>?, AbortSignal?]
): Promise<Process> {
  const [{ engine }, { id }, command, changes, signal = anySignal()] = request
  return engine.exec(id, 'workspace', execSpec(command, changes), signal)
}

export const anySignal = () => AbortSignal.timeout(60_000)
