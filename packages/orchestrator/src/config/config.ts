import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { OperatorConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { type LoadedCredential, resolveCredentials } from './resolve-credentials.ts'
import { type LoadedSecret, resolveSecrets } from './resolve-secrets.ts'
import { type LoadedSource, resolveSources } from './resolve-sources.ts'
import { defaultTemplates, resolveTemplates, type Templates } from './resolve-templates.ts'

export type { LoadedCredential, ValueSource } from './resolve-credentials.ts'
export type { LoadedSecret } from './resolve-secrets.ts'
export type { LoadedSource } from './resolve-sources.ts'

/** Variables as `process.env` has them; only `main.ts` reads that. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The operator's file, read, checked and with its secrets filled in. */
export interface LoadedConfig extends Omit<OperatorConfig, 'sources' | 'secrets' | 'credentials'> {
  /** Absolute, links resolved; null when there is no file. */
  readonly path: string | null
  readonly sources: Readonly<Record<string, LoadedSource>>
  readonly secrets: readonly LoadedSecret[]
  readonly credentials: Readonly<Record<string, LoadedCredential>>
  /** What E2B’s clients choose from by name. */
  readonly templates: Templates
  /** Changes with the file and with what its sources’ URLs are filled in with. Never printed beside them. */
  readonly digest: string
  /** What the operator should look at, such as a password file that everyone can read. */
  readonly warnings: readonly string[]
}

/**
 * Reads `stuntdouble.yaml`. Throws `config_invalid` naming file, line, key and what is allowed there,
 * never a value that was filled in. Without a path there is nothing configured, which is no error.
 */
export function loadConfig(path: string | null, environment: Environment): LoadedConfig {
  if (path === null) return { ...OperatorConfig.parse({}), ...nothing }
  const { text, real } = readConfig(path)
  const warnings: string[] = []
  const scope = { path: real, environment, warn: (text: string) => warnings.push(text) }

  const schema = OperatorConfig.transform((config, context) => ({
    ...config,
    sources: resolveSources(config.sources, scope, (key, message) =>
      context.addIssue({ code: 'custom', path: ['sources', ...key], message }),
    ),
    secrets: resolveSecrets(config.secrets, scope, (key, message) =>
      context.addIssue({ code: 'custom', path: ['secrets', ...key], message }),
    ),
    templates: resolveTemplates(config.e2b, scope, (key, message) =>
      context.addIssue({ code: 'custom', path: ['e2b', 'templates', ...key], message }),
    ),
    credentials: resolveCredentials(config.credentials, scope, (key, message) =>
      context.addIssue({ code: 'custom', path: ['credentials', ...key], message }),
    ),
  }))
  const config = parseYaml({ file: path, text, code: 'config_invalid' }, schema)
  return { ...config, path: real, warnings, digest: digestOf(text, config.sources) }
}

const nothing = {
  path: null,
  sources: {},
  secrets: [],
  credentials: {},
  templates: defaultTemplates,
  warnings: [],
  digest: createHash('sha256').digest('hex'),
} as const

function readConfig(path: string): { readonly text: string; readonly real: string } {
  try {
    const real = realpathSync(resolve(path))
    return { text: readFileSync(real, 'utf8'), real }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new SandboxError(
      'config_invalid',
      `The configuration ${path} cannot be read: ${reason}.`,
      {
        hint: 'Name an existing file with --config, or run without one.',
        cause,
      },
    )
  }
}

function digestOf(text: string, sources: Readonly<Record<string, LoadedSource>>): string {
  const hash = createHash('sha256').update(text)
  for (const source of Object.values(sources)) hash.update('\0').update(source.url.reveal())
  return hash.digest('hex')
}
