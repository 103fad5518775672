import {
  type Blueprint,
  type CreateSandboxRequest,
  type OperatorConfig,
  parseBytes,
  parseDuration,
} from '@stuntdouble/sdk/wire'
import { overLimit, tooManySandboxes } from './errors.ts'

type Limits = OperatorConfig['limits']

/** The blueprint with the request’s overrides, held to the operator’s limits. Throws `policy_refused`. */
export function admit(request: CreateSandboxRequest, limits: Limits): Blueprint {
  const blueprint = {
    ...request.blueprint,
    ttl: request.ttl ?? request.blueprint.ttl,
    idle: request.idle ?? request.blueprint.idle,
  }
  const { cpus, memory, pids, disk } = blueprint.limits
  const rules: [what: string, asked: string | number, allowed: string | number, over: boolean][] = [
    ['a ttl of', blueprint.ttl, limits.maxTtl, seconds(blueprint.ttl) > seconds(limits.maxTtl)],
    ['memory of', memory, limits.maxMemory, bytes(memory) > bytes(limits.maxMemory)],
    ['a disk of', disk, limits.maxDisk, bytes(disk) > bytes(limits.maxDisk)],
    ['cpus:', cpus, limits.maxCpus, cpus > limits.maxCpus],
    ['pids:', pids, limits.maxPids, pids > limits.maxPids],
  ]
  const broken = rules.find(([, , , over]) => over)
  if (broken) throw overLimit(broken[0], String(broken[1]), String(broken[2]))
  return blueprint
}

export function admitCount(living: number, limits: Limits): void {
  if (living >= limits.maxSandboxes) throw tooManySandboxes(limits.maxSandboxes)
}

const seconds = (duration: string) => parseDuration(duration) ?? 0
const bytes = (size: string) => parseBytes(size) ?? 0
