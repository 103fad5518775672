import type Docker from 'dockerode'
import { seccompProfile } from './seccomp.ts'

/**
 * Named in full: engines of different age hide different things. Beside what they know, the load of
 * the host (/proc/pressure), which anybody may write to and so have it watched, and what tells what
 * others do by its timing.
 */
const maskedPaths = [
  ...['acpi', 'asound', 'interrupts', 'kcore', 'keys', 'latency_stats', 'pressure', 'sched_debug'],
  ...['scsi', 'timer_list', 'timer_stats'],
].map((name) => `/proc/${name}`)

const readonlyPaths = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((name) => `/proc/${name}`)

/** What no container of ours is without, the gate included. */
export const hardened = {
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges', `seccomp=${seccompProfile}`],
  Privileged: false,
  ReadonlyRootfs: true,
  IpcMode: 'private',
  RestartPolicy: { Name: 'no' },
  AutoRemove: false,
  PublishAllPorts: false,
  MaskedPaths: [...maskedPaths, '/sys/devices/virtual/powercap', '/sys/firmware'],
  ReadonlyPaths: [...readonlyPaths],
  LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
} as const satisfies Docker.HostConfig

/**
 * A core file could be piped to the host and stay there. A limit of 1 is the one value at which the
 * kernel writes neither a file nor to a pipe (fs/coredump.c); the seccomp profile keeps it there.
 */
export const noCore = { Name: 'core', Soft: 1, Hard: 1 } as const
