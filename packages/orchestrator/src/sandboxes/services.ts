import { parseBytes, parseDuration, type ServiceSpec, wavesOf } from '@stuntdouble/sdk/wire'
import { agent, workspacePath } from '../doors/doors.ts'
import type { ContainerSpec, Engine, PodSpec } from '../engine/engine.ts'
import { pause } from '../lib/every.ts'
import { serviceEnded, serviceImageAbsent, serviceNotHealthy } from './errors.ts'
import type { Sandbox } from './sandbox.ts'
import { scratch } from './scratch.ts'
import { workspaceVolume } from './workspace-volume.ts'

type Environment = Readonly<Record<string, string>>

/** Built from the few things a blueprint may say, and as hardened as every other container. */
export function serviceContainer(
  sandbox: Sandbox,
  name: string,
  environment: Environment,
): ContainerSpec {
  const { image, command, environment: own, cpus, memory } = serviceOf(sandbox, name)
  const memoryBytes = parseBytes(memory) ?? 0
  return {
    ...{ name, image, command, ...agent },
    env: { ...environment, HOME: '/tmp', ...own },
    workingDirectory: workspacePath,
    limits: {
      ...{ cpus, memoryBytes, pids: sandbox.blueprint.limits.pids },
      shmBytes: Math.floor(memoryBytes / 16),
    },
    mounts: [{ volume: workspaceVolume(sandbox).name, path: workspacePath, readOnly: false }],
    tmpfs: [scratch('/tmp', 0o1777, memoryBytes / 4), scratch('/run', 0o755, memoryBytes / 16)],
  }
}

/**
 * The images of its services. A blueprint is anybody’s: it has the engine pull nothing, and gets what
 * is ours or what the engine holds already.
 */
export async function serviceImages(
  { blueprint }: Sandbox,
  { images }: Pick<Engine, 'images'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const wanted = Object.entries(blueprint.services)
  for (const [name, { image }] of wanted) {
    const isThere = image.startsWith('stuntdouble/') || (await images.has(image, signal))
    if (!isThere) throw serviceImageAbsent(name, image)
  }
  return wanted.map(([, { image }]) => image)
}

/** Starts services wave by wave, each after what it depends on is ready. */
export async function startServices(
  sandbox: Sandbox,
  engine: Engine,
  { podWith, signal }: { podWith(names: readonly string[]): PodSpec; signal: AbortSignal },
): Promise<void> {
  const started: string[] = []
  for (const wave of wavesOf(sandbox.blueprint.services)) {
    started.push(...wave)
    await engine.start(podWith(started), signal)
    await Promise.all(wave.map((name) => healthy(sandbox, name, { engine, signal })))
  }
}

async function healthy(
  sandbox: Sandbox,
  name: string,
  { engine, signal }: { readonly engine: Engine; readonly signal: AbortSignal },
): Promise<void> {
  const { healthcheck } = serviceOf(sandbox, name)
  if (!healthcheck) {
    await pause(settleMs, signal)
    await stillRuns(sandbox.id, name, { engine, signal })
    return
  }
  const { retries, interval, test } = healthcheck
  for (let tried = 0; tried < retries; tried++) {
    if (tried > 0) await pause((parseDuration(interval) ?? 1) * 1000, signal)
    signal.throwIfAborted()
    await stillRuns(sandbox.id, name, { engine, signal })
    const checked = AbortSignal.any([signal, AbortSignal.timeout(checkWithinMs)])
    const passed = await passes(engine, { pod: sandbox.id, name, test, signal: checked })
    if (passed) return
  }
  throw serviceNotHealthy(name, retries)
}

/** What cannot run at all has ended by then. */
const settleMs = 1_000
const checkWithinMs = 10_000

interface Check {
  readonly pod: string
  readonly name: string
  readonly test: readonly string[]
  readonly signal: AbortSignal
}

async function passes(engine: Engine, { pod, name, test, signal }: Check): Promise<boolean> {
  const command = { command: test, env: {}, workingDirectory: '/', stdin: 'none' } as const
  try {
    const process = await engine.exec(pod, name, command, signal)
    const stop = () => void process.kill('SIGKILL').catch(() => {})
    signal.addEventListener('abort', stop)
    process.stdout.resume()
    process.stderr.resume()
    return (await process.exit.finally(() => signal.removeEventListener('abort', stop))) === 0
  } catch {
    return false
  }
}

async function stillRuns(
  pod: string,
  name: string,
  { engine, signal }: { readonly engine: Engine; readonly signal: AbortSignal },
): Promise<void> {
  const seen = await engine.observe(pod, signal)
  const own = seen.find((container) => container.name === name)
  if (own?.state !== 'running') throw serviceEnded(name, own?.exitCode ?? null)
}

function serviceOf({ blueprint }: Sandbox, name: string): ServiceSpec {
  const service = blueprint.services[name]
  if (!service) throw new Error(`no service ${name}`)
  return service
}
