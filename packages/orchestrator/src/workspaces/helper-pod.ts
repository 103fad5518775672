import type { Engine, Process } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import { newHelperId } from '../lib/ids.ts'

/** A pod for one piece of work on bytes of strangers: the same walls as a sandbox, and nothing to steal. */
export interface HelperPod extends AsyncDisposable {
  /** Runs in an empty directory of bounded size, with `env` and nothing else of ours. */
  exec(
    command: readonly string[],
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Process>
}

export interface HelperParts {
  readonly engine: Pick<Engine, 'start' | 'exec' | 'destroy' | 'images'>
  readonly clock: Clock
}

export interface HelperOptions {
  /** Beyond it the pod ends by itself, whatever became of us. */
  readonly withinMs: number
  /** Called with the pod’s id before it starts; what it opens is closed with the pod. */
  readonly beforeStart?: (pod: string) => Promise<AsyncDisposable>
}

const image = 'stuntdouble/workspace'
const container = 'helper'
const directory = '/work'
const mebibyte = 1024 ** 2
const destroyWithinMs = 60_000

/** Disposal removes it. One that an earlier process left is removed at the start, as all staging is. */
export async function openHelperPod(
  { engine, clock }: HelperParts,
  { withinMs, beforeStart }: HelperOptions,
  signal: AbortSignal,
): Promise<HelperPod> {
  const id = newHelperId()
  await engine.images.ensure(image, () => {}, signal)
  await using scope = new AsyncDisposableStack()
  scope.defer(() => engine.destroy(id, AbortSignal.timeout(destroyWithinMs)))
  if (beforeStart) scope.use(await beforeStart(id))
  const deadline = new Date(clock() + withinMs)
  const containers = [specOf()]
  await engine.start({ id, kind: 'staging', deadline, hosts: [], containers }, signal)
  const parts = scope.move()
  return {
    exec: (command, env, signal) =>
      engine.exec(id, container, { command, env, workingDirectory: directory }, signal),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

const user = { uid: 64_003, gid: 64_003 } as const

/** What it writes is charged to its memory, so a bomb fills that and nothing of the machine. */
const specOf = () => ({
  name: container,
  image,
  command: ['sleep', 'infinity'],
  ...user,
  env: { HOME: directory, LANG: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin' },
  workingDirectory: directory,
  limits: { cpus: 2, memoryBytes: 1792 * mebibyte, pids: 64, shmBytes: mebibyte },
  mounts: [],
  tmpfs: [{ path: directory, sizeBytes: 1280 * mebibyte, inodes: 400_000, ...user, mode: 0o700 }],
})
