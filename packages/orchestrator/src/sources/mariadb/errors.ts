import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  firstFailure,
  isAboutCertificate,
  sourceRefused,
  sourceUnreachable,
} from '../unreachable.ts'

export { sourceRefused }

export const urlInvalid = (name: string, what: string) =>
  new SandboxError('config_invalid', `Source "${name}": its url ${what}.`, {
    hint: 'Write it as mysql://user:password@host:3306/database, special characters percent-encoded.',
  })

/** What a server says went wrong. Its message may hold values; the number never does. */
export interface ServerError extends Error {
  readonly errno: number
  readonly sqlState: string
}

export function isServerError(cause: unknown): cause is ServerError {
  const { errno, sqlState } = (cause ?? {}) as Partial<ServerError>
  return typeof errno === 'number' && errno >= 1000 && typeof sqlState === 'string'
}

type Refusal = readonly [message: string, hint: string]

const password: Refusal = [
  'the server refused the user or its password.',
  'Check user, password and the host the account is for; special characters must be percent-encoded.',
]
const privilege: Refusal = [
  'a privilege is missing.',
  'Grant SELECT and SHOW VIEW on the database to the account.',
]
const connections: Refusal = [
  'the server has no connection left.',
  'Close idle connections, or raise max_connections or the account’s limit; one is needed.',
]
const refusals: Readonly<Record<number, Refusal>> = {
  1040: connections,
  1044: ['the account may not use the database.', 'Grant SELECT and SHOW VIEW on it.'],
  1045: password,
  1698: password,
  1049: ['the database does not exist.', 'Check the database’s name at the end of the url.'],
  1130: [
    'the server lets nobody in from this machine.',
    'Make the account for this host, or for %.',
  ],
  1142: privilege,
  1143: privilege,
  1227: privilege,
  1370: privilege,
  1203: connections,
  1226: connections,
  1205: [
    'a table is locked by a change to its definition.',
    'Try again when the migration that runs on the source is done.',
  ],
  1412: [
    'a table’s definition changed while it was read.',
    'Try again when the migration that runs on the source is done.',
  ],
}

/** What a failed connection or query means. Never repeats the server’s text, which may hold values. */
export function sourceError(name: string, address: string, cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  if (isServerError(cause)) return serverError(name, cause)
  return connectionError(name, address, cause)
}

function serverError(name: string, cause: ServerError): SandboxError {
  const { errno } = cause
  const known = refusals[errno]
  if (known !== undefined) return sourceRefused(name, ...known)
  return new SandboxError(
    'source_refused',
    `Source "${name}": the server answered with error ${errno}.`,
    {
      hint: 'The server’s own log tells more; see “MariaDB Error Codes” for the number.',
      // A complaint of the parser quotes our statement, never a row.
      ...(errno === 1064 && { cause }),
    },
  )
}

function connectionError(name: string, address: string, cause: unknown): Error {
  const { code } = firstFailure(cause)
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return sourceRefused(
      name,
      'the server does not speak TLS.',
      'Turn TLS on at the server, or say ssl-mode=DISABLED in the url where the way there is safe.',
    )
  }
  if (code.startsWith('AUTH_SWITCH_PLUGIN')) {
    return sourceRefused(
      name,
      'its account logs in by a plugin that is not spoken here.',
      'Use an account with mysql_native_password or caching_sha2_password.',
    )
  }
  if (isAboutCertificate(code)) {
    return sourceRefused(
      name,
      `its TLS certificate is not accepted (${code}).`,
      'Name the authority’s certificate with ssl-ca=PATH in the url, or choose another ssl-mode.',
    )
  }
  return sourceUnreachable(name, address, code)
}
