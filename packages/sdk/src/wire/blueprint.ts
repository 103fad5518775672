import { z } from 'zod'
import { EgressSpec } from './egress.ts'
import { Isolation } from './isolation.ts'
import { PreStopSpec } from './pre-stop.ts'
import { blueprintRefusals } from './refusals.ts'
import { objectionsTo, Services } from './services.ts'
import { Bytes, CredentialSpec, Duration, Name, parseBytes } from './units.ts'

const ImageReference = z
  .string()
  .max(255)
  .regex(
    /^[a-z0-9][a-z0-9._/:@-]*$/,
    'an image reference such as stuntdouble/workspace or postgres:16',
  )

export const DataSpec = z.strictObject({
  source: Name.meta({ description: 'A source of the operator’s stuntdouble.yaml.' }),
  snapshot: z
    .string()
    .optional()
    .meta({ description: 'A snapshot id; the newest sealed one when left out.' }),
  image: ImageReference.optional().meta({
    description: 'A Postgres image of the snapshot’s major version.',
  }),
})
export type DataSpec = z.infer<typeof DataSpec>

/**
 * Where files may be mounted: below /data, or as a directory of the workspace. Nothing that is in the
 * image or that we mount lies there.
 */
const MountPath = z
  .string()
  .max(200)
  .regex(
    /^(?:\/data(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*){1,8}|\/workspace\/[A-Za-z0-9_][A-Za-z0-9._-]*)$/,
    'a path below /data, such as /data/uploads, or a directory of /workspace',
  )

export const FilesSpec = z.strictObject({
  source: Name.meta({
    description: 'A source of kind `files` of the operator’s stuntdouble.yaml.',
  }),
  snapshot: z
    .string()
    .optional()
    .meta({ description: 'A snapshot id; the newest sealed one when left out.' }),
  path: MountPath.meta({ description: 'Where the files are, inside.' }),
})
export type FilesSpec = z.infer<typeof FilesSpec>

/** One inside the other would hide what the other holds. */
const areApart = (files: Readonly<Record<string, FilesSpec>>) => {
  const paths = Object.values(files).map(({ path }) => `${path}/`)
  return paths.every((path, at) =>
    paths.every((other, index) => index === at || !other.startsWith(path)),
  )
}

/** A password in it would be in the journal; a query may be one. */
const isPlainAddress = (text: string) => {
  if (!URL.canParse(text) || /[\s\\]/.test(text)) return false
  const { protocol, username, password, search, hash, hostname } = new URL(text)
  const extras = username + password + search + hash
  return /^https?:$/.test(protocol) && extras === '' && !hostname.startsWith('-')
}

export const CloneSpec = z.strictObject({
  url: z
    .string()
    .max(2048)
    .refine(isPlainAddress, 'an https:// or http:// address without a password, a query or a hash')
    .meta({ description: 'A git repository. Its host must be one that the operator allows.' }),
  ref: z
    .string()
    .max(255)
    .regex(
      /^(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[A-Za-z0-9][A-Za-z0-9._/-]*(?<![./])$/,
      'a branch, a tag or a commit',
    )
    .optional()
    .meta({
      description: 'A branch, a tag or a whole commit id; the remote’s HEAD when left out.',
    }),
})
export type CloneSpec = z.infer<typeof CloneSpec>

export const WorkspaceSpec = z
  .strictObject({
    from: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'A directory below the blueprint’s own; its files are copied in.' }),
    clone: CloneSpec.optional().meta({
      description: 'In place of `from`: the files of a repository.',
    }),
    image: ImageReference.default('stuntdouble/workspace'),
  })
  .refine(
    ({ from, clone }) => from === undefined || clone === undefined,
    'has both `from` and `clone`: keep one',
  )

/** A shell and the tools beside it; engines refuse much less. */
const leastMemoryBytes = 32 * 1024 ** 2

/** A database that starts writes its first log files. */
const leastDiskBytes = 64 * 1024 ** 2

export const LimitsSpec = z.strictObject({
  cpus: z.number().positive().max(64).default(1),
  memory: Bytes.refine(
    (text) => (parseBytes(text) ?? 0) >= leastMemoryBytes,
    'at least "32m"',
  ).default('1g'),
  pids: z.int().min(16).max(32_768).default(256),
  disk: Bytes.refine((text) => (parseBytes(text) ?? 0) >= leastDiskBytes, 'at least "64m"')
    .default('8g')
    .meta({
      description:
        'What it may write to its volumes, all together; a copy of data may be rewritten besides.',
    }),
})

/** `sandbox.yaml`: what a sandbox consists of. Untrusted: an agent may have written it. */
export const Blueprint = z
  .strictObject({
    ttl: Duration.default('45m').meta({ description: 'The hard end, counted from creation.' }),
    idle: Duration.default('15m').meta({ description: 'The end after this long without use.' }),
    warnBefore: Duration.optional().meta({
      description:
        'How long before an end `ending_soon` is told; 60s when left out, or a tenth of what is shorter than ten minutes.',
    }),
    preStop: PreStopSpec.optional().meta({
      description: 'A command that is run inside, as the agent, when an orderly end begins.',
    }),
    data: z
      .record(Name, DataSpec)
      .default({})
      .refine((data) => Object.keys(data).length <= 8, 'at most 8 databases'),
    files: z
      .record(Name, FilesSpec)
      .default({})
      .refine((files) => Object.keys(files).length <= 8, 'at most 8 trees of files')
      .refine(areApart, 'no path may be another’s, or lie below it'),
    workspace: WorkspaceSpec.prefault({}),
    egress: EgressSpec.meta({
      description: 'What it asks to reach outside; the operator’s policy decides.',
    }),
    credentials: CredentialSpec.default([]).meta({
      description: 'Credentials of the operator’s file that it asks to use, without seeing them.',
    }),
    isolation: Isolation.optional().meta({
      description:
        'What runs the workspace: `gvisor` puts a second kernel in front of the machine’s. The operator’s when left out, or where the operator demands one.',
    }),
    services: Services.meta({
      description: 'More programs in the pod: a strict part of what compose calls services.',
    }),
    limits: LimitsSpec.prefault({}),
    agentsMd: z.boolean().default(true).meta({
      description: 'Whether a marked section of the workspace’s AGENTS.md says what is here.',
    }),
  })
  .superRefine(({ services, data }, context) => {
    for (const { path, message } of objectionsTo(services, Object.keys(data)))
      context.addIssue({ code: 'custom', path: ['services', ...path], message })
  })
  .meta({ 'x-refused': blueprintRefusals })
export type Blueprint = z.infer<typeof Blueprint>
/** A blueprint as written, before defaults. */
export type BlueprintInput = z.input<typeof Blueprint>
