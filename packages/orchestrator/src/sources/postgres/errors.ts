import { SandboxError } from '@stuntdouble/sdk/errors'
import { DatabaseError } from 'pg'
import {
  firstFailure,
  isAboutCertificate,
  sourceRefused,
  sourceUnreachable,
} from '../unreachable.ts'

export { sourceRefused }

export const urlInvalid = (name: string, what: string) =>
  new SandboxError('config_invalid', `Source "${name}": its url ${what}.`, {
    hint: 'Write it as postgres://user:password@host:5432/database, special characters percent-encoded.',
  })

const refusals: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  '28P01': [
    'the server refused the password.',
    'Check user and password in the source’s url; special characters must be percent-encoded.',
  ],
  '28000': [
    'the server does not let this user in.',
    'Check the role (LOGIN) and the server’s pg_hba.conf; some servers require sslmode=require.',
  ],
  '3D000': ['the database does not exist.', 'Check the database’s name at the end of the url.'],
  '42501': [
    'a privilege is missing.',
    'Grant it to the role: `GRANT pg_read_all_data TO …` (14 and newer), or USAGE on the schemas and SELECT on their tables.',
  ],
  '53300': [
    'the server has no connection left.',
    'Close idle connections, or raise max_connections or the role’s limit. The source’s `connections`, two unless said otherwise, and one more are needed.',
  ],
  '55P03': [
    'a table is locked by a change to its definition.',
    'Try again when the migration that runs on the source is done.',
  ],
}

/** What a failed connection or query means. Never repeats the server’s text, which may hold values. */
export function sourceError(name: string, address: string, cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  if (cause instanceof DatabaseError) return serverError(name, cause)
  return connectionError(name, address, cause)
}

function serverError(name: string, cause: DatabaseError): SandboxError {
  const { code } = cause
  const known = refusals[code ?? '']
  if (known !== undefined) return sourceRefused(name, ...known)
  return new SandboxError(
    'source_refused',
    `Source "${name}": the server answered with SQLSTATE ${sqlState(code)}.`,
    {
      hint: 'The server’s own log tells the statement; see Appendix A of PostgreSQL’s manual for the code.',
      // A complaint of the parser names objects, never rows.
      ...(code?.startsWith('42') && cause.where === undefined ? { cause } : {}),
    },
  )
}

function connectionError(name: string, address: string, cause: unknown): Error {
  const { code, message } = firstFailure(cause)
  if (/^SASL|client password must be/.test(message)) {
    return sourceRefused(name, 'the server asks for a password.', 'Put one in the source’s url.')
  }
  if (isAboutCertificate(code)) {
    return sourceRefused(
      name,
      `its TLS certificate is not accepted (${code}).`,
      'Name the authority’s certificate with sslrootcert=PATH in the url, or choose another sslmode.',
    )
  }
  if (message.includes('does not support SSL')) {
    return sourceRefused(
      name,
      'the server does not speak TLS.',
      'Turn TLS on at the server, or say sslmode=disable in the url where the way there is safe.',
    )
  }
  return sourceUnreachable(name, address, /timeout/.test(message) ? 'ETIMEDOUT' : code)
}

export const sqlState = (code: string | undefined) =>
  /^[0-9A-Z]{5}$/.test(code ?? '') ? String(code) : 'unknown'
