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
  different.push(...mountsNotAsked(asked, runs))
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
    MaskedPaths: host.MaskedPaths ?? [],
    ReadonlyPaths: host.ReadonlyPaths ?? [],
    OomKillDisable: host.OomKillDisable ?? false,
    RestartPolicy: host.RestartPolicy?.Name,
    AutoRemove: host.AutoRemove ?? false,
    LogConfig: host.LogConfig,
    Ulimits: host.Ulimits ?? [],
  }
}

/** An image's own VOLUME makes one where nothing of ours is mounted; it would have no limit. */
function mountsNotAsked(
  { HostConfig: host = {} }: Config,
  { Mounts: mounts }: Docker.ContainerInspectInfo,
): readonly string[] {
  const asked = [
    ...(host.Mounts ?? []).map(({ Source, Target, ReadOnly }) =>
      spell([Source, Target, !ReadOnly]),
    ),
    ...(host.Binds ?? [])
      .map((bind) => bind.split(':'))
      .map(([from, to]) => spell([from, to, true])),
  ]
  const found = mounts.map(({ Type: type, Name: name, Source, Destination, RW }) =>
    spell([type === 'volume' ? name : Source, Destination, RW]),
  )
  const strange = mounts.filter((_, index) => !asked.includes(found[index] ?? ''))
  const missing = asked.filter((mount) => !found.includes(mount))
  return [
    ...strange.map(({ Destination }) => `Mounts (${Destination})`),
    ...(missing.length > 0 ? ['Mounts (one is missing)'] : []),
  ]
}

/** Equal as JSON whatever the order of keys; a list's order matters. */
const same = (one: unknown, other: unknown) => spell(one) === spell(other)

const spell = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
