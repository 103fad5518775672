import type Docker from 'dockerode'
import { seccompProfile } from './seccomp.ts'

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
  LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
} as const satisfies Docker.HostConfig

/**
 * A core file could be piped to the host and stay there. A limit of 1 is the one value at which the
 * kernel writes neither a file nor to a pipe (fs/coredump.c); the seccomp profile keeps it there.
 */
export const noCore = { Name: 'core', Soft: 1, Hard: 1 } as const
