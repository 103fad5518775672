import { SandboxError } from '@stuntdouble/sdk/errors'

/** What runs commands inside was ended or spoiled; only a program of the sandbox itself can do that. */
export const laneBroken = (how: string, cause?: unknown) =>
  new SandboxError('engine_failed', `What runs commands in the sandbox was lost: ${how}.`, {
    hint: 'Run the command again. A program in the sandbox may have ended every process of its user.',
    retryable: true,
    cause,
  })
