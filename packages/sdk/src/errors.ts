/** Every way a request can fail, and the HTTP status it travels under. */
export const errorStatus = {
  usage: 400,
  blueprint_invalid: 400,
  config_invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  sandbox_not_found: 404,
  snapshot_not_found: 404,
  source_not_found: 404,
  workspace_not_found: 404,
  file_not_found: 404,
  process_not_found: 404,
  address_not_found: 404,
  database_not_found: 404,
  checkpoint_not_found: 404,
  conflict: 409,
  snapshot_in_use: 409,
  sandbox_not_ready: 409,
  sandbox_gone: 410,
  workspace_too_large: 413,
  unsupported_media: 415,
  range_not_satisfiable: 416,
  idempotency_mismatch: 422,
  policy_refused: 422,
  policy_unanswered: 422,
  secret_found: 422,
  scan_failed: 422,
  source_unreachable: 422,
  source_refused: 422,
  snapshot_failed: 422,
  capacity: 429,
  internal: 500,
  not_implemented: 501,
  port_closed: 502,
  engine_unavailable: 503,
  engine_failed: 503,
  image_unavailable: 503,
  disk_full: 507,
  timed_out: 504,
  orchestrator_unreachable: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

export interface SandboxErrorOptions {
  /** What to do about it, as one sentence a person can act on. */
  readonly hint: string
  /** Whether the same request may succeed later without any change. */
  readonly retryable?: boolean
  readonly cause?: unknown
  /** Machine-readable particulars. Never a value from a source, never a token. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** The one error class: thrown by the server's domains, sent as problem+json, rebuilt by the client. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
  readonly code: ErrorCode
  readonly hint: string
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: SandboxErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.retryable = options.retryable ?? false
    this.details = options.details ?? {}
  }

  get status(): number {
    return errorStatus[this.code]
  }
}
