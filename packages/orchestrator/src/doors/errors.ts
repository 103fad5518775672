import { SandboxError } from '@stuntdouble/sdk/errors'

export const commandTimedOut = (timeoutMs: number) =>
  new SandboxError(
    'timed_out',
    `The command ran longer than ${timeoutMs} ms and was killed, with everything it started.`,
    {
      hint: 'Give it more time with timeoutMs, or start it in the background.',
    },
  )

export const commandOutlives = () =>
  new SandboxError(
    'timed_out',
    'The command was to be killed and cannot be: it starts processes faster than they end.',
    {
      hint: 'It stays within the sandbox’s limits; end the sandbox to be rid of it.',
    },
  )

export const fileNotFound = (path: string) =>
  new SandboxError('file_not_found', `There is no "${path}" in the sandbox.`, {
    hint: 'List its directory first; paths are absolute, such as /workspace/README.md.',
  })

export const fileRefused = (path: string, why: string) =>
  new SandboxError('forbidden', `"${path}" cannot be used: ${why}.`, {
    hint: 'Use a plain file or directory that the agent’s user may read and write.',
  })

export const heldUp = (path: string, ms: number) =>
  new SandboxError('timed_out', `Nothing was heard of "${path}" for ${ms / 1000} s.`, {
    hint: 'Something inside holds it up, or it has become a pipe; look at it with `sandbox exec`.',
  })

export const changedMeanwhile = (path: string) =>
  new SandboxError('conflict', `"${path}" became shorter while it was read.`, {
    hint: 'Read it again when nothing writes to it.',
    retryable: true,
  })

export const noSuchRange = (path: string, size: number) =>
  new SandboxError('range_not_satisfiable', `"${path}" has ${size} bytes, and none of those.`, {
    hint: 'Ask for bytes that it has, or without a range.',
    details: { size },
  })

export const fileTooLarge = (path: string) =>
  new SandboxError('workspace_too_large', `"${path}" is larger than 4 GiB.`, {
    hint: 'Send it in parts.',
  })
