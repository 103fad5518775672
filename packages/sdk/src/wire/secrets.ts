import { z } from 'zod'
import { Duration } from './units.ts'

/** Where the orchestrator gets a production secret from. Never the secret itself. */
export const SecretSource = z
  .strictObject({
    env: z.string().min(1).optional(),
    /** Relative to stuntdouble.yaml. */
    file: z.string().min(1).optional(),
    /** argv; run at start without a shell, its output is the secret. */
    command: z.array(z.string().min(1)).min(1).optional(),
  })
  .refine(
    (from) => Object.values(from).filter((value) => value !== undefined).length === 1,
    'must be one of `env: NAME`, `file: PATH` or `command: [argv]`, never the secret itself',
  )
export type SecretSource = z.infer<typeof SecretSource>

/** What a person has read and found harmless, by the code that the finding gave. */
export const PlaceCode = z.string().regex(/^[0-9a-f]{16}$/, 'the code of a finding, 16 digits')

export const ScanConfig = z.strictObject({
  accept: z.array(PlaceCode).default([]),
  /** How long one scan may take. */
  timeout: Duration.default('5m'),
})
export type ScanConfig = z.infer<typeof ScanConfig>

/** Something that must not enter a sandbox. Says where and what it looks like, never the value. */
export const SecretFinding = z.object({
  /** A path; `archive.zip » path` within an archive, `.git blob 1a2b…` in a history. */
  file: z.string(),
  /** From 1; null where it is the whole file. */
  line: z.int().nullable(),
  /** Such as `looks like a secret (aws)`. */
  what: z.string(),
  hint: z.string(),
  /** Stands for this text in this file: under `scan.accept` it lets it pass. */
  code: z.string(),
})
export type SecretFinding = z.infer<typeof SecretFinding>

/** Of `PUT /v1/workspaces/check`. */
export const SecretsReport = z.object({
  clean: z.boolean(),
  findings: z.array(SecretFinding),
  /** Findings that the operator accepted. */
  accepted: z.int(),
  files: z.int(),
  bytes: z.int(),
})
export type SecretsReport = z.infer<typeof SecretsReport>
