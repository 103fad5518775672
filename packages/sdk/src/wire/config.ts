import { z } from 'zod'
import { CredentialConfig } from './credential.ts'
import { E2bConfig } from './e2b.ts'
import { EgressConfig } from './egress.ts'
import { Isolation } from './isolation.ts'
import { PoolConfig } from './pool.ts'
import { ScanConfig, SecretSource } from './secrets.ts'
import { SubsetConfig } from './subset.ts'
import { Bytes, Duration, Name } from './units.ts'

/** What a production store is. */
export const SourceKind = z.enum(['postgres', 'mariadb', 'redis', 'files'])
export type SourceKind = z.infer<typeof SourceKind>
/** Of which a clone is run by a server. */
export const ServerKind = SourceKind.exclude(['files'])
export type ServerKind = z.infer<typeof ServerKind>
/** Of which a clone is mounted. */
export type MountedKindName = Exclude<SourceKind, ServerKind>

/** Kinds of which a sandbox may be given an empty one: what they hold is often made anew by itself. */
const mayBeEmpty: readonly SourceKind[] = ['redis', 'files']

const SourceFields = z.strictObject({
  kind: SourceKind,
  /** `postgres://…`, `mysql://…` or `redis://…`; `${env:NAME}` and `${file:PATH}` are filled in by the orchestrator alone. */
  url: z.string().min(1).optional(),
  /** Of `files`, in place of a url: a directory of the orchestrator’s machine, relative to this file. */
  path: z.string().min(1).optional(),
  /** masking.yaml, relative to this file. */
  policy: z.string().min(1).optional(),
  /** `empty`, in place of a policy: a store of the same kind and version, and nothing of what is in it. */
  stance: z.literal('empty').optional(),
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
  /** Of `files`: what is copied at most, 16g by default. */
  maxSize: Bytes.optional(),
  /** Of `files`: how many files and directories are looked at, a million by default. */
  maxEntries: z.int().positive().optional(),
  /** A part of it; whole when left out. */
  subset: SubsetConfig.optional(),
})

export const SourceConfig = SourceFields.superRefine((source, context) => {
  const { kind, policy, stance, subset } = source
  const complain = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message })
  for (const key of strangeTo(kind)) {
    if (source[key] !== undefined) complain(key, `is not for a source of kind ${kind}`)
  }
  const place = kind === 'files' ? 'path' : 'url'
  if (source[place] === undefined)
    complain(place, kind === 'files' ? 'must name a directory' : 'must be the URL of the store')
  if (policy === undefined && stance === undefined)
    complain('policy', 'must name a masking.yaml, such as ./masking.yaml')
  if (policy !== undefined && stance !== undefined)
    complain('stance', 'cannot stand beside a policy: either is what becomes of its data')
  if (stance !== undefined && !mayBeEmpty.includes(kind))
    complain('stance', `is for ${mayBeEmpty.join(' and ')} alone; name a policy`)
  if (subset !== undefined && (kind === 'redis' || kind === 'files'))
    complain('subset', 'is for stores with tables; patterns in masking.yaml say what is dropped')
})

const onlyFiles = ['path', 'maxSize', 'maxEntries'] as const
const neverFiles = ['url', 'schemas', 'image', 'sequences', 'connections'] as const
const strangeTo = (kind: SourceKind) => (kind === 'files' ? neverFiles : onlyFiles)
export type SourceConfig = z.infer<typeof SourceConfig>

const HostName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a name such as "sandbox.corp.example"')

export const LimitsConfig = z.strictObject({
  maxTtl: Duration.default('24h'),
  maxSandboxes: z.int().positive().default(64),
  maxMemory: Bytes.default('8g'),
  totalMemory: Bytes.optional().meta({
    description:
      'What the memory limits of all sandboxes may add up to; four times the machine’s when left out.',
  }),
  queue: z.int().min(0).default(128).meta({
    description: 'Creations that may wait for room; more are refused at once.',
  }),
  queueWait: Duration.default('5m').meta({ description: 'How long a creation waits at most.' }),
  maxCpus: z.number().positive().default(4),
  maxPids: z.int().positive().default(4096),
  maxDisk: Bytes.default('32g'),
  maxCheckpoints: z.int().nonnegative().default(8).meta({
    description: 'Of one sandbox, at a time; what they hold counts towards its disk.',
  }),
  retention: Duration.default('30d').meta({
    description:
      'How long it is remembered that a sandbox was: its addresses answer 410, its receipt and events can be read.',
  }),
  isolation: Isolation.default('runc').meta({
    description:
      'What every sandbox has; a blueprint may ask for more than `runc`, never for less.',
  }),
  poolSize: Bytes.default('64g').meta({
    description: 'Size of the sparse file behind the clone pool.',
  }),
})

export type LimitsConfig = z.infer<typeof LimitsConfig>

/** `stuntdouble.yaml`: the operator’s file, on the orchestrator’s machine. */
export const OperatorConfig = z.strictObject({
  sources: z.record(Name, SourceConfig).default({}),
  limits: LimitsConfig.prefault({}),
  /** Sandboxes that are kept ready. */
  pool: PoolConfig.default('auto'),
  egress: EgressConfig.prefault({}),
  e2b: E2bConfig.prefault({}),
  /** Secrets of production by name, which must never enter a sandbox. */
  secrets: z.record(Name, SecretSource).default({}),
  scan: ScanConfig.prefault({}),
  credentials: z.record(Name, CredentialConfig).default({}),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(0),
      gatewayPort: z.int().min(0).max(65_535).default(0),
      /** By which it may be asked, beside its addresses and localhost; a page could have any other resolve here. */
      names: z.array(HostName).default([]),
      /** Previews are at `https://<port>-<id>.` below it, by way of a proxy that ends TLS. */
      previewDomain: HostName.optional(),
      /** Addresses of that proxy: of no other are `X-Forwarded-*` believed. */
      previewProxies: z.array(z.union([z.ipv4(), z.ipv6()])).default(['127.0.0.1', '::1']),
    })
    .prefault({}),
})
export type OperatorConfig = z.infer<typeof OperatorConfig>
