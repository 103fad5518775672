import { z } from 'zod'

export const Check = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  message: z.string(),
  hint: z.string().optional(),
  /** What this machine does not protect against because of it, as a sentence for `sandbox drill`. */
  exposure: z.string().optional(),
})
export type Check = z.infer<typeof Check>
export const DoctorReport = z.object({ ok: z.boolean(), checks: z.array(Check) })
export type DoctorReport = z.infer<typeof DoctorReport>

export const Health = z.object({
  ok: z.boolean(),
  version: z.string(),
  installation: z.string(),
  /** Work is under way that a restart would lose, such as a snapshot being built. */
  busy: z.boolean().optional(),
  /** The orchestrator’s process, so that the CLI believes and ends no other. */
  pid: z.int().optional(),
})
export type Health = z.infer<typeof Health>

/** `orchestrator.json` in the state directory: how the CLI finds a local orchestrator. Mode 0600. */
export const LocalOrchestrator = z.object({
  url: z.url(),
  gatewayUrl: z.url(),
  pid: z.int(),
  key: z.string(),
  /** Digest of the configuration file and of the variables it names; another digest asks for a restart. */
  configDigest: z.string(),
  configPath: z.string().nullable(),
  startedAt: z.string(),
})
export type LocalOrchestrator = z.infer<typeof LocalOrchestrator>
