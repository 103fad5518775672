import type { ErrorCode, SandboxError } from '@stuntdouble/sdk/errors'
import { asSandboxError } from '../../../lib/progress-response.ts'

/** https://connectrpc.com/docs/protocol#error-codes, those that we answer with. */
const httpStatus = {
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  already_exists: 409,
  failed_precondition: 400,
  resource_exhausted: 429,
  deadline_exceeded: 504,
  data_loss: 500,
  internal: 500,
  unimplemented: 501,
  unavailable: 503,
} as const
type ConnectCode = keyof typeof httpStatus

const codes: Partial<Record<ErrorCode, ConnectCode>> = {
  usage: 'invalid_argument',
  unauthorized: 'unauthenticated',
  forbidden: 'permission_denied',
  sandbox_not_found: 'not_found',
  file_not_found: 'not_found',
  process_not_found: 'not_found',
  address_not_found: 'unimplemented',
  not_implemented: 'unimplemented',
  unsupported_media: 'invalid_argument',
  conflict: 'failed_precondition',
  secret_found: 'failed_precondition',
  capacity: 'resource_exhausted',
  disk_full: 'resource_exhausted',
  timed_out: 'deadline_exceeded',
  sandbox_not_ready: 'unavailable',
  sandbox_gone: 'unavailable',
  engine_failed: 'unavailable',
  engine_unavailable: 'unavailable',
}

export interface ConnectError {
  readonly status: number
  readonly body: { readonly code: string; readonly message: string }
}

export function connectErrorOf(cause: unknown): ConnectError {
  const error = asSandboxError(cause)
  const code = (error.details.connectCode as ConnectCode | undefined) ?? codeOf(error)
  return { status: httpStatus[code], body: { code, message: sentence(error) } }
}

const codeOf = ({ code }: SandboxError): ConnectCode => codes[code] ?? 'internal'

/** Their errors have no place for a hint. */
export const sentence = ({ message, hint }: SandboxError) => `${message} ${hint}`
