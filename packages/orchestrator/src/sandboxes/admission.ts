import {
  type Blueprint,
  type CreateSandboxRequest,
  type OperatorConfig,
  parseBytes,
  parseDuration,
} from '@stuntdouble/sdk/wire'
import type { Desk } from './desk.ts'
import { overLimit, twoWorkspaces } from './errors.ts'
import { isolationOf } from './isolation.ts'

type Limits = OperatorConfig['limits']

/** The blueprint with the request’s overrides, held to the operator’s limits. Throws `policy_refused`. */
export function admit(
  request: Omit<CreateSandboxRequest, 'wait' | 'warm'>,
  limits: Limits,
): Blueprint {
  const blueprint = {
    ...request.blueprint,
    ttl: request.ttl ?? request.blueprint.ttl,
    idle: request.idle ?? request.blueprint.idle,
    isolation: isolationOf(request.blueprint, limits),
  }
  const { pids, disk } = blueprint.limits
  const services = Object.values(blueprint.services)
  const cpus = services.reduce((sum, service) => sum + service.cpus, blueprint.limits.cpus)
  const memory = totalMemory(blueprint)
  const rules: [what: string, asked: string | number, allowed: string | number, over: boolean][] = [
    ['a ttl of', blueprint.ttl, limits.maxTtl, seconds(blueprint.ttl) > seconds(limits.maxTtl)],
    ['memory of', memory.text, limits.maxMemory, memory.bytes > bytes(limits.maxMemory)],
    ['a disk of', disk, limits.maxDisk, bytes(disk) > bytes(limits.maxDisk)],
    ['cpus:', cpus, limits.maxCpus, cpus > limits.maxCpus],
    ['pids:', pids, limits.maxPids, pids > limits.maxPids],
  ]
  const broken = rules.find(([, , , over]) => over)
  if (broken) throw overLimit(broken[0], String(broken[1]), String(broken[2]))
  return blueprint
}

/** Of the workspace and its services; each as it is written where there is one alone. */
function totalMemory({ limits, services }: Blueprint) {
  const all = [limits.memory, ...Object.values(services).map(({ memory }) => memory)]
  return { text: all.join(' + '), bytes: all.reduce((sum, each) => sum + bytes(each), 0) }
}

const seconds = (duration: string) => parseDuration(duration) ?? 0
const bytes = (size: string) => parseBytes(size) ?? 0

/** What a creation makes, once it is admitted. */
export interface Admitted {
  readonly blueprint: Blueprint
  readonly workspace: string | null
}

/** Holds a request to everything that is known before anything is made. */
export function admitRequest(
  request: Omit<CreateSandboxRequest, 'wait' | 'warm'>,
  { limits, egress, workspaces }: Pick<Desk, 'limits' | 'egress' | 'workspaces'>,
): Admitted {
  const blueprint = admit(request, limits)
  const workspace = request.workspace ?? null
  egress.admit(blueprint)
  if (workspace) workspaces.require(workspace)
  const { clone } = blueprint.workspace
  if (clone && workspace) throw twoWorkspaces()
  if (clone) workspaces.admitClone(clone)
  return { blueprint, workspace }
}
