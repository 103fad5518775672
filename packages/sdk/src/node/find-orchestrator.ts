import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ControlClient } from '../control/control.ts'
import { SandboxError } from '../errors.ts'
import { LocalOrchestrator } from '../wire/doctor.ts'
import { type Environment, environment, stateDirectory } from './environment.ts'
import { patientFetch } from './patient-fetch.ts'

export interface OrchestratorOptions {
  /** The control port’s address; else STUNTDOUBLE_URL, else the orchestrator of this machine. */
  readonly url?: string | undefined
  /** Else STUNTDOUBLE_API_KEY. A key is only ever sent to the address it was given with. */
  readonly apiKey?: string | undefined
  readonly env?: Environment
}

/** A client of the orchestrator that the options, the environment or this machine’s state name. */
export async function findOrchestrator(options: OrchestratorOptions = {}): Promise<ControlClient> {
  const named = namedOrchestrator(options)
  if (named) return controlClient(named)
  const local = await readLocalOrchestrator(options.env ?? environment())
  if (!local) throw noOrchestrator()
  return controlClient({ url: local.url, apiKey: local.key })
}

export interface OrchestratorAddress {
  readonly url: string
  readonly apiKey: string
}

/** Undefined when neither the options nor the environment name an address. */
export function namedOrchestrator(options: OrchestratorOptions): OrchestratorAddress | undefined {
  const env = options.env ?? environment()
  const url = options.url ?? env.STUNTDOUBLE_URL
  if (!url) return undefined
  const apiKey = options.apiKey ?? (options.url ? undefined : env.STUNTDOUBLE_API_KEY)
  if (!apiKey) throw noApiKey(options.url !== undefined)
  return { url, apiKey }
}

/** What a local orchestrator wrote of itself. It may have ended since. */
export async function readLocalOrchestrator(
  env: Environment,
): Promise<LocalOrchestrator | undefined> {
  const file = await readFile(localOrchestratorFile(env), 'utf8').catch(() => undefined)
  if (file === undefined) return undefined
  try {
    return LocalOrchestrator.safeParse(JSON.parse(file)).data
  } catch {
    return undefined
  }
}

export const localOrchestratorFile = (env: Environment) =>
  join(stateDirectory(env), 'orchestrator.json')

export const controlClient = (address: OrchestratorAddress) =>
  new ControlClient({ ...address, patientFetch })

const noApiKey = (asOption: boolean) =>
  new SandboxError('unauthorized', 'An orchestrator is named, but no key for it.', {
    hint: asOption ? 'Pass `apiKey` beside `url`.' : 'Set STUNTDOUBLE_API_KEY as well.',
  })

const noOrchestrator = () =>
  new SandboxError('orchestrator_unreachable', 'No orchestrator is known on this machine.', {
    hint: 'Run `sandbox serve` (or `sandbox up`, once), or set STUNTDOUBLE_URL and STUNTDOUBLE_API_KEY.',
  })
