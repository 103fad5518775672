import { z } from 'zod'
import { EgressConfig } from './egress.ts'
import { Bytes, Duration, Name } from './units.ts'

/** What a production store is. */
export const SourceKind = z.enum(['postgres', 'mariadb'])
export type SourceKind = z.infer<typeof SourceKind>

export const SourceConfig = z.strictObject({
  kind: SourceKind,
  /** `postgres://…` or `mysql://…`; `${env:NAME}` and `${file:PATH}` are filled in by the orchestrator alone. */
  url: z.string().min(1),
  /** masking.yaml, relative to this file. */
  policy: z.string().min(1),
  schemas: z.array(z.string()).optional(),
  /** The image that runs snapshots of it; the smallest of ours that is not older than the source by default. */
  image: z.string().optional(),
  /**
   * What a person has read and found harmless though a build stopped at it, by the name it gave:
   * `function public.greet()`, `public.shops.contact`.
   */
  accept: z.array(z.string().min(1)).optional(),
  /** `fitted`, the default: a copy’s sequences go on behind its own values, so that none tells how far the source has come. */
  sequences: z.enum(['fitted', 'exact']).optional(),
  /** Builds it again when its newest snapshot is as old as this. The first is always built by hand. */
  refresh: Duration.optional(),
  /** How many of its snapshots stay; older ones go when no sandbox runs on them. All when left out. */
  retain: z.int().positive().optional(),
  /** Streams of rows at once, 2 by default; one more connection holds the snapshot they all read. */
  connections: z.int().min(1).max(16).optional(),
  /** Bytes a second that are read of its rows at most, over all connections: `20m`. */
  maxRate: Bytes.optional(),
})
export type SourceConfig = z.infer<typeof SourceConfig>

export const LimitsConfig = z.strictObject({
  maxTtl: Duration.default('24h'),
  maxSandboxes: z.int().positive().default(64),
  maxMemory: Bytes.default('8g'),
  maxCpus: z.number().positive().default(4),
  maxPids: z.int().positive().default(4096),
  poolSize: Bytes.default('64g').meta({
    description: 'Size of the sparse file behind the clone pool.',
  }),
})

/** `stuntdouble.yaml`: the operator’s file, on the orchestrator’s machine. */
export const OperatorConfig = z.strictObject({
  sources: z.record(Name, SourceConfig).default({}),
  limits: LimitsConfig.prefault({}),
  egress: EgressConfig.prefault({}),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(0),
      gatewayPort: z.int().min(0).max(65_535).default(0),
    })
    .prefault({}),
})
export type OperatorConfig = z.infer<typeof OperatorConfig>
