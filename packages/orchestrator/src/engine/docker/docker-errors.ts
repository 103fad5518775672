import { SandboxError } from '@stuntdouble/sdk/errors'

/** The oldest engine API with everything a pod needs: Docker 20.10. */
export const oldestApiVersion = '1.41'

export const statusOf = (cause: unknown): number | undefined =>
  (cause as { statusCode?: number } | undefined)?.statusCode

export const isGone = (cause: unknown) => statusOf(cause) === 404

const engineUnreachable = (socketPath: string, cause: unknown) =>
  new SandboxError('engine_unavailable', `No container engine answers on ${socketPath}.`, {
    hint: 'Start Docker (on Linux: `systemctl start docker`), or name its socket in DOCKER_HOST, as unix:///path.',
    retryable: true,
    cause,
  })

const engineForbidden = (socketPath: string, cause: unknown) =>
  new SandboxError('engine_unavailable', `This user may not use the engine at ${socketPath}.`, {
    hint: 'Add the user to the `docker` group and sign in again, or run the orchestrator as root.',
    cause,
  })

export const engineTooOld = (version: string) =>
  new SandboxError(
    'engine_unavailable',
    `The engine speaks API ${version}; ${oldestApiVersion} or newer is needed.`,
    { hint: 'Update Docker to 20.10 or newer; `docker version` shows what runs.' },
  )

export const engineFailed = (doing: string, cause?: unknown) =>
  new SandboxError('engine_failed', `The engine failed at ${doing}${reasonOf(cause)}.`, {
    hint: 'See the engine’s own log; `sandbox doctor` checks what it needs.',
    retryable: true,
    cause,
  })

export const imageMissing = (image: string, cause: unknown) =>
  new SandboxError('image_unavailable', `The engine does not have the image ${image}.`, {
    hint: 'It is built or pulled by `sandbox up`; try again, or see `sandbox doctor`.',
    retryable: true,
    cause,
  })

export const podGone = (pod: string) =>
  new SandboxError('sandbox_gone', `The pod of "${pod}" is not running any more.`, {
    hint: 'Its lease ended or it was taken down; create a new one.',
  })

export const containerNotFound = (pod: string, name: string) =>
  new SandboxError('sandbox_gone', `"${pod}" has no running container "${name}".`, {
    hint: 'It ended, or its name is another; `sandbox ls` shows what runs.',
  })

export const secondKernel = (pod: string) =>
  new SandboxError('policy_refused', `"${pod}" runs on a second kernel and cannot be held still.`, {
    hint: 'Checkpoints, forks and pauses need `isolation: runc`.',
  })

export const notHeldStill = (pod: string) =>
  new SandboxError('engine_failed', `The processes of "${pod}" could not be signalled.`, {
    hint: 'Try again; `sandbox doctor` checks what the engine needs.',
    retryable: true,
  })

/** Errors of the connection itself mean no engine; anything the engine said is its failure. */
export function asEngineError(socketPath: string, doing: string, cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  if (!(cause instanceof Error)) return engineFailed(doing, cause)
  if (cause.name === 'AbortError' || cause.name === 'TimeoutError') return cause
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return engineUnreachable(socketPath, cause)
  if (code === 'EACCES' || code === 'EPERM') return engineForbidden(socketPath, cause)
  return engineFailed(doing, cause)
}

function reasonOf(cause: unknown): string {
  const said = (cause as { json?: { message?: unknown } } | undefined)?.json?.message
  if (typeof said === 'string') return `: ${said.trim()}`
  return cause instanceof Error ? `: ${cause.message.trim()}` : ''
}
