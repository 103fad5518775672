import { z } from 'zod'
import { Bytes, Duration, Name } from './units.ts'

/** What a production store is. */
export const SourceKind = z.enum(['postgres', 'mariadb'])
export type SourceKind = z.infer<typeof SourceKind>

const TableName = z
  .string()
  .regex(
    /^("([^"]|"")+"|[^".]+)\.("([^"]|"")+"|[^".]+)$/su,
    'must be schema.table, such as public.customer',
  )

export const SubsetRoot = z
  .strictObject({
    /** One expression in the source’s own SQL, with every name but its columns qualified. */
    where: z.string().trim().min(1).optional(),
    /** Of those, by a hash of the key: the same rows every time. */
    sample: z
      .string()
      .regex(/^(\d{1,2}(\.\d+)?|100)%$/, 'must be a part in a hundred, such as "1%"')
      .optional(),
    /** Of those, at most so many, the first by a hash of the key. */
    limit: z.int().positive().optional(),
  })
  .refine((root) => Object.keys(root).length > 0, {
    error: 'needs `where`, `sample` or `limit`; a table that comes whole stands under `whole`',
  })

/** Which rows are copied: roots, what refers to them within limits, and everything that any row refers to. */
export const SubsetConfig = z
  .strictObject({
    roots: z.record(TableName, SubsetRoot).default({}),
    follow: z
      .strictObject({
        /** From a root, how many references down rows that refer to it are taken. 0: none. */
        depth: z.int().min(0).max(20).default(3),
        /** How many rows may refer to one by one reference; all by default. */
        perParent: z.int().positive().optional(),
        /** Whether `like` in masking.yaml is followed as a foreign key is. */
        like: z.boolean().default(false),
      })
      .prefault({}),
    whole: z.array(TableName).default([]),
    empty: z.array(TableName).default([]),
    /** What becomes of tables that nothing leads to. */
    rest: z.enum(['empty', 'whole']).default('empty'),
  })
  .refine(
    ({ roots, whole, rest }) =>
      rest === 'whole' || whole.length > 0 || Object.keys(roots).length > 0,
    { error: 'needs `roots`, `whole` or `rest: whole`: as it is, nothing would be copied' },
  )
export type SubsetConfig = z.infer<typeof SubsetConfig>

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
  /** A part of it; whole when left out. */
  subset: SubsetConfig.optional(),
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
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(0),
      gatewayPort: z.int().min(0).max(65_535).default(0),
    })
    .prefault({}),
})
export type OperatorConfig = z.infer<typeof OperatorConfig>
