import { dirname, resolve } from 'node:path'
import type { CredentialConfig } from '@stuntdouble/sdk/wire'
import { fillIn, type Scope } from './placeholders.ts'

/** One credential of the operator’s file, and where its value is read when it is needed. */
export interface LoadedCredential
  extends Omit<CredentialConfig, 'value' | 'command' | 'ca' | 'as'> {
  readonly name: string
  /** The variable inside. */
  readonly variable: string
  readonly from: ValueSource
  /** PEM, in place of the public authorities. */
  readonly ca?: string
}

/** `directory` is the configuration’s own. */
export type ValueSource =
  | { readonly variable: string }
  | { readonly file: string }
  | { readonly command: readonly string[]; readonly directory: string }

type Complain = (key: readonly string[], message: string) => void

/** Complains now of what could not be read later, and keeps no value. */
export function resolveCredentials(
  credentials: Readonly<Record<string, CredentialConfig>>,
  scope: Scope,
  complain: Complain,
): Record<string, LoadedCredential> {
  return Object.fromEntries(
    Object.entries(credentials).map(([name, { value, command, ca, as, ...rest }]) => {
      const complainHere: Complain = (key, message) => complain([name, ...key], message)
      return [
        name,
        {
          ...{ ...rest, name, variable: as ?? `${name.toUpperCase().replaceAll('-', '_')}_TOKEN` },
          from: sourceOf({ value, command }, scope, complainHere),
          ...(ca !== undefined && { ca: certificates(ca, scope, complainHere) }),
        },
      ]
    }),
  )
}

function sourceOf(
  { value = '', command }: Pick<CredentialConfig, 'value' | 'command'>,
  scope: Scope,
  complain: Complain,
): ValueSource {
  const directory = dirname(scope.path)
  if (command) return { command, directory }
  for (const problem of fillIn(value, scope).problems) complain(['value'], problem)
  const [, kind, name = ''] = /^\$\{(env|file):(.+)\}$/.exec(value) ?? []
  return kind === 'file' ? { file: resolve(directory, name) } : { variable: name }
}

function certificates(ca: string, scope: Scope, complain: Complain): string {
  const { text, problems } = fillIn(`\${file:${ca}}`, { ...scope, warn: () => {} })
  for (const problem of problems) complain(['ca'], problem)
  if (problems.length === 0 && !/-----BEGIN CERTIFICATE-----/.test(text))
    complain(['ca'], 'must be a file of certificates in PEM')
  return text
}
