import type { ErrorCode } from '@stuntdouble/sdk/errors'

export const exit = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  refused: 5,
  /** EX_UNAVAILABLE of sysexits.h. */
  noOrchestrator: 69,
  /** As timeout(1) does. */
  timedOut: 124,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const

/** What a script may branch on. Only `exec` and `sh` end with other codes: their child’s. */
export const exitCodeOf: Readonly<Record<ErrorCode, number>> = {
  usage: exit.usage,
  blueprint_invalid: exit.usage,
  config_invalid: exit.usage,
  unauthorized: exit.notAllowed,
  forbidden: exit.notAllowed,
  sandbox_not_found: exit.notFound,
  snapshot_not_found: exit.notFound,
  source_not_found: exit.notFound,
  workspace_not_found: exit.notFound,
  file_not_found: exit.notFound,
  process_not_found: exit.notFound,
  address_not_found: exit.notFound,
  checkpoint_not_found: 3,
  database_not_found: exit.notFound,
  sandbox_gone: exit.notFound,
  conflict: exit.failure,
  snapshot_in_use: exit.failure,
  sandbox_not_ready: exit.failure,
  workspace_too_large: exit.failure,
  unsupported_media: exit.failure,
  range_not_satisfiable: exit.usage,
  idempotency_mismatch: exit.usage,
  policy_refused: exit.refused,
  policy_unanswered: exit.refused,
  secret_found: exit.refused,
  scan_failed: exit.refused,
  source_unreachable: exit.failure,
  source_refused: exit.failure,
  snapshot_failed: exit.failure,
  capacity: exit.failure,
  internal: exit.failure,
  not_implemented: exit.failure,
  engine_unavailable: exit.failure,
  port_closed: exit.failure,
  engine_failed: exit.failure,
  image_unavailable: exit.failure,
  disk_full: exit.failure,
  timed_out: exit.timedOut,
  orchestrator_unreachable: exit.noOrchestrator,
}
