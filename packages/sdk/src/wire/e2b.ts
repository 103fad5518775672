import { z } from 'zod'
import { Blueprint } from './blueprint.ts'

const TemplateName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'a name such as "base" or "code-interpreter-v1"')

/**
 * What E2B’s clients call templates, as blueprints: a file beside this one, or written here. A client that
 * names none gets `base`, which is the default blueprint where the operator says nothing else.
 */
export const E2bConfig = z.strictObject({
  templates: z.record(TemplateName, z.union([z.string().min(1), Blueprint])).default({}),
})
export type E2bConfig = z.infer<typeof E2bConfig>

/** What an E2B client’s environment has to say to find this installation. */
export const E2bEnvironment = z.object({
  E2B_API_URL: z.string(),
  E2B_SANDBOX_URL: z.string(),
  E2B_API_KEY: z.string(),
  /** Below which `getHost` finds previews. */
  E2B_DOMAIN: z.string(),
})
export type E2bEnvironment = z.infer<typeof E2bEnvironment>
