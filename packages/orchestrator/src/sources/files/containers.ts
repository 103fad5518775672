import type { ContainerSpec } from '../../engine/engine.ts'
import type { StagingRequest } from '../sources.ts'

/** The agent’s in a sandbox: what is in a clone is its own. */
const owner = { uid: 1000, gid: 1000 } as const
const mebibyte = 1024 ** 2

/** The volume’s own root: nothing but the files is mounted into a sandbox. */
export const dataDirectory = '/var/lib/stuntdouble'

/** Has `tar` and `find`, and is there on every machine that runs sandboxes. */
export const imageFor = () => 'stuntdouble/workspace'

/** The container waits for somebody to open this pipe, and ends well when he lets it go. */
const waitForStop = 'mkfifo -m 0600 /tmp/stop && exec cat /tmp/stop'
export const stopCommand = ['sh', '-c', ': >/tmp/stop']

export const stagingContainer = ({
  name,
  image,
  volume,
  memoryBytes,
}: StagingRequest): ContainerSpec => ({
  ...{ name, image, ...owner, workingDirectory: '/', env: { LANG: 'C.UTF-8' } },
  command: ['sh', '-c', waitForStop],
  limits: { cpus: 1, memoryBytes, pids: 32, shmBytes: mebibyte },
  mounts: [{ volume, path: dataDirectory, readOnly: false }],
  tmpfs: [{ path: '/tmp', sizeBytes: mebibyte, inodes: 64, ...owner, mode: 0o700 }],
})
