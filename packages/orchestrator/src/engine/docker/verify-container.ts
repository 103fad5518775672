import type Docker from 'dockerode'
import { engineFailed } from './docker-errors.ts'

type Config = Docker.ContainerCreateOptions

/**
 * Compares a container that runs with what was asked for, in every respect that protects the host.
 * An engine may drop an option it does not know; a sandbox must not run without it.
 */
export function verifyContainer(asked: Config, runs: Docker.ContainerInspectInfo): void {
  const wanted = protections(asked, asked.HostConfig ?? {})
  const found = protections(runs.Config as Config, runs.HostConfig)
  const different = [...Object.keys(wanted).filter((key) => !same(wanted[key], found[key]))]
  if (noPathsMasked(runs.HostConfig)) different.push('MaskedPaths')
  if (runs.Mounts.length !== mountsAsked(asked)) different.push('Mounts')
  if (different.length === 0) return
  throw engineFailed(`hardening ${asked.name}: it runs with another ${different.join(', ')}`)
}

/** The fields that matter, with what the engine leaves out and what it spells in several ways made equal. */
function protections(config: Config, host: Docker.HostConfig): Record<string, unknown> {
  return {
    User: config.User,
    Privileged: host.Privileged ?? false,
    CapAdd: host.CapAdd ?? [],
    CapDrop: host.CapDrop ?? [],
    SecurityOpt: host.SecurityOpt ?? [],
    NetworkMode: host.NetworkMode,
    PidMode: host.PidMode ?? '',
    IpcMode: host.IpcMode,
    UsernsMode: host.UsernsMode ?? '',
    UTSMode: host.UTSMode ?? '',
    CgroupParent: host.CgroupParent ?? '',
    Runtime: host.Runtime ?? 'runc',
    ReadonlyRootfs: host.ReadonlyRootfs,
    Binds: host.Binds ?? [],
    Tmpfs: host.Tmpfs ?? {},
    VolumesFrom: host.VolumesFrom ?? [],
    Links: host.Links ?? [],
    PortBindings: host.PortBindings ?? {},
    PublishAllPorts: host.PublishAllPorts ?? false,
    Devices: host.Devices ?? [],
    DeviceRequests: host.DeviceRequests ?? [],
    DeviceCgroupRules: host.DeviceCgroupRules ?? [],
    GroupAdd: host.GroupAdd ?? [],
    Sysctls: host.Sysctls ?? {},
    Memory: host.Memory,
    MemorySwap: host.MemorySwap,
    PidsLimit: host.PidsLimit,
    NanoCpus: host.NanoCpus,
    ShmSize: host.ShmSize,
    OomKillDisable: host.OomKillDisable ?? false,
    RestartPolicy: host.RestartPolicy?.Name,
    AutoRemove: host.AutoRemove ?? false,
    LogConfig: host.LogConfig,
    Ulimits: host.Ulimits ?? [],
  }
}

const noPathsMasked = (host: Docker.HostConfig) => (host.MaskedPaths ?? []).length === 0

const mountsAsked = ({ HostConfig: host = {} }: Config) =>
  (host.Binds ?? []).length + (host.Mounts ?? []).length

/** Equal as JSON whatever the order of keys; a list's order matters. */
const same = (one: unknown, other: unknown) => spell(one) === spell(other)

const spell = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
