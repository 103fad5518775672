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

export const checkpointAbsent = (name: string) =>
  new SandboxError('conflict', `There is nothing to copy under "${name}".`, {
    hint: 'Its sandbox may have ended meanwhile.',
  })

export const checkpointFailed = (exitCode: number) =>
  exitCode === 124
    ? new SandboxError('timed_out', 'The volumes hold too much to be copied in a minute.', {
        hint: 'Checkpoints cost what was changed: remove large files, or make it earlier.',
      })
    : new SandboxError('engine_failed', `The volumes could not be copied (${exitCode}).`, {
        hint: 'The pool may be full: `sandbox doctor` shows how much is free.',
        retryable: true,
      })

/** Linux 5.11 lets an overlay keep its notes where they can be copied without rights over the machine. */
export const noAttributes = (volume: string) =>
  new SandboxError('policy_refused', `Volume "${volume}" cannot be checkpointed.`, {
    hint: 'Checkpoints need Linux 5.11 on the engine’s machine, and a sandbox that was made with this version.',
  })

const mebibytes = (bytes: number) => `${Math.floor(bytes / 1024 ** 2)} MiB`
