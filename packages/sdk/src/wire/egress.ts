import { z } from 'zod'
import { Bytes, CredentialSpec } from './units.ts'

/** Package registries by one word; docs/egress.md lists what each stands for. */
export const EgressPreset = z.enum(['npm', 'pypi', 'debian', 'github', 'crates', 'go'])
export type EgressPreset = z.infer<typeof EgressPreset>

/** Every other method is refused, whatever a rule says. */
export const EgressMethod = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
export type EgressMethod = z.infer<typeof EgressMethod>

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const hostForm = new RegExp(`^(?:\\*|(?:\\*\\.)?(?:${label}\\.)*${label}|\\[[0-9a-f:]+\\])$`)

export const EgressHost = z
  .string()
  .max(253)
  .regex(
    hostForm,
    'a host name in lower case (punycode for others than ASCII), "*.example.com" for every name below one, or an IP address',
  )

/** `/v1/things` is that path, `/v1/*` every one that begins with `/v1/`. */
export const EgressPath = z
  .string()
  .max(255)
  .regex(/^\/[A-Za-z0-9._~!$&'()+,;=:@/-]*\*?$/, 'a path such as "/v1/things" or "/v1/*"')

const fields = {
  host: EgressHost,
  scheme: z.enum(['https', 'http']).default('https'),
  ports: z
    .array(z.int().min(1).max(65_535))
    .min(1)
    .max(8)
    .optional()
    .meta({ description: '443 for https and 80 for http when left out.' }),
  methods: z.array(EgressMethod).min(1).optional(),
  paths: z.array(EgressPath).min(1).max(16).optional(),
}

/** Inside TLS nobody reads but where a credential is put in: such a rule would be a false promise. */
const onlyWhatCanBeSeen = (rule: { scheme: string; methods?: unknown; paths?: unknown }): boolean =>
  rule.scheme === 'http' || (rule.methods === undefined && rule.paths === undefined)

const unseen =
  'has methods or paths, which nobody between both ends of https can see: leave them out, or write `scheme: http`'

/** What a blueprint asks for. Methods and paths left out are those the operator allows. */
export const EgressRule = z.strictObject(fields).refine(onlyWhatCanBeSeen, unseen)
export type EgressRule = z.infer<typeof EgressRule>

/** What an operator allows. Methods and paths left out are all of them. */
export const OperatorEgressRule = z
  .strictObject({
    ...fields,
    private: z
      .boolean()
      .default(false)
      .meta({ description: 'The host may have a private address; loopback only as localhost.' }),
  })
  .refine(onlyWhatCanBeSeen, unseen)
export type OperatorEgressRule = z.infer<typeof OperatorEgressRule>

const EgressAsks = z.array(z.union([EgressPreset, EgressRule])).max(32)

/** `egress:` of a blueprint: what it asks to reach. Nothing by default. */
export const EgressSpec = EgressAsks.default([])
export type EgressSpec = z.infer<typeof EgressSpec>

export const EgressLimits = z.strictObject({
  upload: Bytes.default('64m').meta({ description: 'What one sandbox may send in all.' }),
  download: Bytes.default('4g').meta({ description: 'What one sandbox may receive in all.' }),
  perSecond: Bytes.default('64m').meta({ description: 'In each direction, a second.' }),
  connections: z.int().min(1).max(150).default(64),
})
export type EgressLimits = z.infer<typeof EgressLimits>

/** `egress:` of the operator’s file: what any sandbox may reach that asks for it. */
export const EgressConfig = z.strictObject({
  allow: z
    .array(z.union([EgressPreset, OperatorEgressRule]))
    .max(256)
    .default([]),
  limits: EgressLimits.prefault({}),
})
export type EgressConfig = z.infer<typeof EgressConfig>

/** One thing a sandbox may reach: it was asked for, and the operator’s rule `by` allows it. */
export const EgressGrant = z.object({
  /** As the blueprint says it: `npm`, `api.example.com`. */
  asked: z.string(),
  by: z.string(),
  scheme: z.enum(['https', 'http']),
  host: z.string(),
  ports: z.array(z.int()),
  /** Null where all are allowed, which they are for https. */
  methods: z.array(z.string()).nullable(),
  paths: z.array(z.string()).nullable(),
})
export type EgressGrant = z.infer<typeof EgressGrant>

export const EgressTestRequest = z.strictObject({
  url: z.string().min(1).max(2048),
  method: EgressMethod.default('GET'),
  /** What would be asked for; everything the operator allows when left out. */
  egress: EgressAsks.optional(),
  /** The same of credentials. */
  credentials: CredentialSpec.optional(),
})
export type EgressTestRequest = z.infer<typeof EgressTestRequest>
export type EgressTestInput = z.input<typeof EgressTestRequest>

/** Which rule decides about a URL. No request is made and no name looked up. */
export const EgressVerdict = z.object({
  allowed: z.boolean(),
  target: z.string(),
  rule: z.string().nullable(),
  reason: z.string().nullable(),
  /** Whose value is put in where its placeholder stands; null where none is. */
  credential: z.string().nullable().default(null),
  message: z.string(),
  hint: z.string().nullable(),
})
export type EgressVerdict = z.infer<typeof EgressVerdict>
