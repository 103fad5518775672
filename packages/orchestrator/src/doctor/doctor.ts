import { statfs } from 'node:fs/promises'
import type { Check, DoctorReport, PoolView } from '@stuntdouble/sdk/wire'
import type { LoadedConfig } from '../config/config.ts'
import type { Engine } from '../engine/engine.ts'
import { capacityCheck } from './capacity-check.ts'
import { isolationChecks } from './isolation-checks.ts'

export interface DoctorParts {
  readonly engine: Pick<Engine, 'diagnose' | 'isolations'>
  readonly config: LoadedConfig
  readonly stateDirectory: string
  /** Where the control plane and its page are. */
  readonly address: () => string
  readonly pool: () => PoolView
}

const lowDiskBytes = 5 * 1024 ** 3

/** What this installation has and lacks, each with the next step. */
export async function examine(parts: DoctorParts, signal: AbortSignal): Promise<DoctorReport> {
  const checks: Check[] = [
    {
      name: 'orchestrator',
      status: 'ok',
      message: `${parts.address()}, state in ${parts.stateDirectory}`,
    },
    nodeCheck(process.versions.node),
    ...(await parts.engine.diagnose(signal)),
    ...(await isolationChecks(parts, signal)),
    await diskCheck(parts.stateDirectory),
    capacityCheck(parts.pool()),
    configCheck(parts.config),
    ...parts.config.warnings.map((message): Check => ({ name: 'config', status: 'warn', message })),
  ]
  return { ok: checks.every(({ status }) => status !== 'fail'), checks }
}

function nodeCheck(version: string): Check {
  if (Number.parseInt(version, 10) >= 24)
    return { name: 'node', status: 'ok', message: `Node ${version}` }
  return {
    name: 'node',
    status: 'fail',
    message: `Node ${version} is too old.`,
    hint: 'Install Node 24 or later, or run script/setup.',
  }
}

async function diskCheck(directory: string): Promise<Check> {
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB free for state`
  if (free > lowDiskBytes) return { name: 'disk', status: 'ok', message }
  return {
    name: 'disk',
    status: 'warn',
    message,
    hint: 'Free some space before building a snapshot.',
  }
}

function configCheck({ path, sources }: LoadedConfig): Check {
  const names = Object.keys(sources)
  if (path === null) {
    return {
      name: 'config',
      status: 'warn',
      message: 'No stuntdouble.yaml: sandboxes have no data.',
      hint: 'Write one with a source, then run `sandbox data review`.',
    }
  }
  return {
    name: 'config',
    status: 'ok',
    message: `${path}: ${names.length > 0 ? names.join(', ') : 'no sources'}`,
  }
}
