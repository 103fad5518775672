import { z } from 'zod'
import { EgressHost, EgressMethod, EgressPath } from './egress.ts'

/** Headers that frame a message or name its host; a value in one of them would change what is asked. */
const notForValues =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|range|if-range|accept-encoding)$/

const HeaderName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, 'a header’s name in lower case, such as "x-api-key"')
  .refine((name) => !notForValues.test(name), 'a header that carries nothing else')

/** `bearer` and `basic` are forms of Authorization; `header` holds the value and nothing beside it. */
const Placement = z.union([
  z.literal('bearer'),
  z.strictObject({
    basic: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[\x21-\x39\x3b-\x7e]+$/, 'a user name'),
  }),
  z.strictObject({ header: HeaderName }),
])
export type Placement = z.infer<typeof Placement>

const VariableName = z
  .string()
  .max(64)
  .regex(/^[A-Z][A-Z0-9_]*$/, 'a variable’s name such as GITHUB_TOKEN')

/** One credential of the operator’s file. Its value is never written there. */
export const CredentialConfig = z
  .strictObject({
    value: z
      .string()
      .regex(
        /^\$\{(?:env|file):[^}]+\}$/,
        `one of \${env:NAME} and \${file:PATH}; a value itself never stands in this file`,
      )
      .optional(),
    /** A program and its arguments, without a shell; its output is the value. */
    command: z.array(z.string().min(1)).min(1).max(32).optional(),
    host: EgressHost.refine((host) => !host.includes('*'), 'one host, without a wildcard'),
    port: z.int().min(1).max(65_535).default(443),
    methods: z.array(EgressMethod).min(1),
    /** `["/*"]` for all. */
    paths: z.array(EgressPath).min(1).max(16),
    inject: Placement.default('bearer'),
    /** The variable with the placeholder inside; `GITHUB_TOKEN` for `github` when left out. */
    as: VariableName.optional(),
    private: z.boolean().default(false),
    /** A file of the authorities that may sign for the host, in place of the public ones. */
    ca: z.string().min(1).optional(),
  })
  .refine(
    ({ value, command }) => (value === undefined) !== (command === undefined),
    'must say where its value is: either `value` or `command`',
  )
export type CredentialConfig = z.infer<typeof CredentialConfig>

/** What a sandbox knows of a credential: never its value. */
export const CredentialView = z.object({
  /** Inside, it holds the placeholder. */
  variable: z.string(),
  host: z.string(),
  port: z.int(),
  methods: z.array(z.string()),
  paths: z.array(z.string()),
  /** Where the placeholder is to stand: `authorization: Bearer`, `x-api-key`. */
  place: z.string(),
})
export type CredentialView = z.infer<typeof CredentialView>
