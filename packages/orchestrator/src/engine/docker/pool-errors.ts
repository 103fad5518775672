import { SandboxError } from '@stuntdouble/sdk/errors'

export const diskFull = (freeBytes: number) =>
  new SandboxError('disk_full', `The clone pool has ${mebibytes(freeBytes)} left.`, {
    hint: 'Remove snapshots (`sandbox snapshot rm`) or free space on the engine’s disk.',
    retryable: true,
  })

export const noRoomForPool = (detail: string) =>
  new SandboxError('disk_full', `The engine’s disk has no room for a clone pool: ${detail}.`, {
    hint: 'Free at least 2 GiB where the engine keeps its volumes.',
    retryable: true,
  })

export const poolBroken = (detail: string, cause?: unknown) =>
  new SandboxError('engine_failed', `The clone pool could not be mounted: ${detail}.`, {
    hint: 'Snapshots are in it. `sandbox doctor` shows what the engine lacks; nothing was removed.',
    retryable: true,
    cause,
  })

export const volumeInUse = (name: string, cause?: unknown) =>
  new SandboxError('conflict', `A container still uses volume "${name}".`, {
    hint: 'Destroy its pod first.',
    retryable: true,
    cause,
  })

export const snapshotInUse = (name: string, clones: number) =>
  new SandboxError('snapshot_in_use', `${clones} volume(s) are copies of "${name}".`, {
    hint: 'End the sandboxes that use it (`sandbox ls`, `sandbox down`).',
    retryable: true,
  })

export const volumeTaken = (name: string) =>
  new SandboxError('conflict', `A volume "${name}" exists already and is another one.`, {
    hint: 'Choose another name, or remove that volume.',
  })

export const notSealed = (name: string) =>
  new SandboxError('snapshot_not_found', `There is no sealed volume "${name}".`, {
    hint: 'List what there is with `sandbox snapshot ls`.',
  })

export const notSealable = (name: string, reason: string) =>
  new SandboxError('conflict', `Volume "${name}" cannot be sealed: ${reason}.`, {
    hint: 'Seal a volume that was created empty and filled, after its pod has ended.',
  })

const mebibytes = (bytes: number) => `${Math.floor(bytes / 1024 ** 2)} MiB`
