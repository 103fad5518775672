import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { SandboxMetrics } from '../wire/metrics.ts'

/** What the sandbox uses of the machine, and what it may. */
export const sandboxMetrics = (door: Connection, signal?: AbortSignal): Promise<SandboxMetrics> =>
  sendForJson(door, { path: '/metrics', schema: SandboxMetrics, signal })
