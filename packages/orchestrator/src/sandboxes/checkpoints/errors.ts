import { SandboxError } from '@stuntdouble/sdk/errors'
import type { DiskUse } from '../disk-bound.ts'

export const isPaused = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" is paused.`, {
    hint: `Run \`sandbox resume ${id}\`; everything goes on where it was.`,
    details: { state: 'paused' },
  })

export const isRollingBack = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" is on its way back to a checkpoint.`, {
    hint: 'Ask again in a moment.',
    retryable: true,
    details: { state: 'rolling_back' },
  })

/** The last word of what was open when it began. */
export const wasRolledBack = (to: string) =>
  new SandboxError('conflict', `The sandbox was rolled back to "${to}", and this ended with it.`, {
    hint: 'Start it again: files and databases are as they were at the checkpoint.',
  })

export const isBusy = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" is being checkpointed, forked or rolled back.`, {
    hint: 'Ask again in a moment.',
    retryable: true,
  })

export const checkpointNotFound = (id: string, name: string, known: readonly string[]) =>
  new SandboxError('checkpoint_not_found', `Sandbox "${id}" has no checkpoint "${name}".`, {
    hint: known.length > 0 ? `It has: ${known.join(', ')}.` : `Make one: ${makeOne(id)}.`,
  })

export const noCheckpoint = (id: string) =>
  new SandboxError('checkpoint_not_found', `Sandbox "${id}" has no checkpoint yet.`, {
    hint: `Make one: ${makeOne(id)}.`,
  })

const makeOne = (id: string) => `\`sandbox checkpoint create ${id}\``

export const checkpointExists = (name: string) =>
  new SandboxError('conflict', `There is a checkpoint "${name}" already.`, {
    hint: 'Choose another name, or remove that one first.',
  })

export const tooManyCheckpoints = (limit: number) =>
  new SandboxError('capacity', `A sandbox may have ${limit} checkpoints here, and has them.`, {
    hint: 'Remove one with `sandbox checkpoint rm`, or raise limits.maxCheckpoints in stuntdouble.yaml.',
  })

export const noRoomForCheckpoint = (held: DiskUse, allowed: DiskUse) =>
  new SandboxError(
    'disk_full',
    `A checkpoint would make ${mebibytes(held)} of the ${mebibytes(allowed)} that the sandbox may hold, or ${held.inodes} files of ${allowed.inodes}.`,
    {
      hint: 'Remove older checkpoints or large files, or ask for more with `limits: { disk: … }` in the blueprint.',
    },
  )

export const endedMeanwhile = (id: string) =>
  new SandboxError('sandbox_gone', `Sandbox "${id}" ended meanwhile.`, {
    hint: 'Run `sandbox up` for a new one.',
  })

const mebibytes = ({ bytes }: DiskUse) =>
  Number.isFinite(bytes) ? `${Math.ceil(bytes / 1024 ** 2)} MiB` : 'too much to measure'
