import { SandboxError } from '@stuntdouble/sdk/errors'

const hint = 'The fake engine was told to behave this way.'

export const podGone = (pod: string) =>
  new SandboxError('sandbox_gone', `The pod of "${pod}" is not running any more.`, { hint })

export const containerNotFound = (pod: string, name: string) =>
  new SandboxError('sandbox_gone', `"${pod}" has no running container "${name}".`, { hint })

export const noSuchImage = (image: string) =>
  new SandboxError('image_unavailable', `There is no image ${image}.`, { hint })

export const scriptedFailure = (operation: string) =>
  new SandboxError('engine_failed', `The engine failed at ${operation}.`, { hint, retryable: true })

export const userRefused = (uid: number, gid: number) =>
  new SandboxError('policy_refused', `No container may run as ${uid}:${gid}.`, { hint })

export const alreadyListening = (pod: string) =>
  new SandboxError('conflict', `Something already handles what leaves "${pod}".`, { hint })

export const secondKernel = (pod: string) =>
  new SandboxError('policy_refused', `"${pod}" runs on a second kernel.`, { hint: 'Use runc.' })
