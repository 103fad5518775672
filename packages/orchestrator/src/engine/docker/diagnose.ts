import type { Diagnosis } from '../engine.ts'
import { boundaryDiagnosis } from './diagnose-boundary.ts'
import { runtimesDiagnoses } from './diagnose-runtimes.ts'
import type { DockerClient } from './docker-client.ts'
import { asEngineError, engineTooOld, oldestApiVersion } from './docker-errors.ts'

/** Throws `engine_unavailable` unless an engine answers that can do what a pod needs. */
export async function requireEngine(client: DockerClient, signal: AbortSignal): Promise<string> {
  const { ApiVersion: api, Version: version } = await client.version(signal)
  if (isOlder(api, oldestApiVersion)) throw engineTooOld(api)
  return version
}

export async function diagnoseEngine(
  client: DockerClient,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  try {
    const version = await requireEngine(client, signal)
    const info = await client.info(signal)
    return [
      { name: 'engine', status: 'ok', message: `Docker ${version} answers.` },
      ...limitDiagnoses(info),
      seccompDiagnosis(info.SecurityOptions ?? []),
      boundaryDiagnosis(info.SecurityOptions ?? []),
      ...runtimesDiagnoses(info.Runtimes ?? {}),
    ]
  } catch (cause) {
    const error = asEngineError('its socket', 'describing itself', cause)
    const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {}
    return [{ name: 'engine', status: 'fail', message: error.message, ...hint }]
  }
}

interface Powers {
  readonly MemoryLimit?: boolean
  readonly SwapLimit?: boolean
  readonly PidsLimit?: boolean
  readonly CpuCfsQuota?: boolean
}

function limitDiagnoses(info: Powers): readonly Diagnosis[] {
  const powers = {
    memory: info.MemoryLimit,
    swap: info.SwapLimit,
    processes: info.PidsLimit,
    cpu: info.CpuCfsQuota,
  }
  const missing = Object.entries(powers).filter(([, has]) => has === false)
  if (missing.length === 0) {
    return [
      { name: 'limits', status: 'ok', message: 'Memory, swap, processes and CPU can be limited.' },
    ]
  }
  return missing.map(([what]) => ({
    name: 'limits',
    status: 'fail',
    message: `The engine cannot limit ${what}.`,
    hint: 'Boot the host with the cgroup controllers for memory, pids and cpu switched on.',
  }))
}

function seccompDiagnosis(options: readonly string[]): Diagnosis {
  if (options.some((option) => option.includes('seccomp'))) {
    return { name: 'seccomp', status: 'ok', message: 'System calls can be filtered.' }
  }
  return {
    name: 'seccomp',
    status: 'fail',
    message: 'The engine cannot filter system calls.',
    hint: 'Use a kernel and an engine built with seccomp; sandboxes are refused without.',
  }
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = than.split('.').map(Number)
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}
