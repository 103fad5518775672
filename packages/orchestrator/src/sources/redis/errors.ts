import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  firstFailure,
  isAboutCertificate,
  sourceRefused,
  sourceUnreachable,
} from '../unreachable.ts'

export const urlInvalid = (name: string, what: string) =>
  new SandboxError('config_invalid', `Source "${name}": its url ${what}.`, {
    hint: 'Write it as redis://user:password@host:6379/0, special characters percent-encoded.',
  })

/** The word that an error reply begins with. What comes behind it may hold names and values. */
export function replyCode(cause: unknown): string | undefined {
  const { name, message } = (cause ?? {}) as Partial<Error>
  if (name !== 'ReplyError') return undefined
  return /^[A-Z]+/.exec(message ?? '')?.[0] ?? 'ERR'
}

type Refusal = readonly [message: string, hint: string]

const login: Refusal = [
  'the server refused the user or its password.',
  'Check both in the url; special characters must be percent-encoded.',
]
const refusals: Readonly<Record<string, Refusal>> = {
  NOAUTH: login,
  WRONGPASS: login,
  NOPERM: [
    'a permission is missing.',
    'Allow the user what it reads with: `ACL SETUSER reader on >… ~* +@connection +@read -@dangerous +info`.',
  ],
  LOADING: ['the server is still loading its data.', 'Try again when it answers.'],
  MASTERDOWN: [
    'the replica has lost its primary and does not answer.',
    'Try again when it follows, or name another replica.',
  ],
  WRONGTYPE: [
    'a key changed its type while it was read.',
    'Build again; if it happens each time, `drop` the keys that change so.',
  ],
}

/** What a failed connection or command means. Never repeats the server’s text, which may hold values. */
export function sourceError(name: string, address: string, cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  const code = replyCode(cause)
  if (code !== undefined) {
    const [message, hint] = refusals[code] ?? [
      `the server answered with an error (${code}).`,
      'Its own log tells more.',
    ]
    return sourceRefused(name, message, hint)
  }
  return connectionError(name, address, cause)
}

function connectionError(name: string, address: string, cause: unknown): Error {
  const { code } = firstFailure(cause)
  if (!isAboutCertificate(code)) return sourceUnreachable(name, address, code)
  return sourceRefused(
    name,
    `its TLS certificate is not accepted (${code}).`,
    'Name the authority’s certificate with tls-ca=PATH in the url.',
  )
}

/** What the staging server complained of, by its code alone. */
export function notSettled(cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  const code = replyCode(cause)
  return code === 'NOPERM'
    ? new SandboxError('policy_refused', 'A Redis of this snapshot may not save what it holds.', {
        hint: 'Build the snapshot again: this version gives its role that right.',
      })
    : new SandboxError(
        'engine_failed',
        `The Redis could not save what it holds (${code ?? 'gone'}).`,
        {
          hint: 'It may be short of memory or disk; look at it with `sandbox db`.',
          retryable: true,
        },
      )
}

export function targetError(doing: string, cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  const code = replyCode(cause)
  if (code === undefined)
    return new SandboxError('snapshot_failed', `While ${doing}: the staging server went away.`, {
      hint: 'It may have run out of memory or disk; build again, or drop more keys.',
      retryable: true,
    })
  if (code === 'OOM')
    return new SandboxError(
      'snapshot_failed',
      `While ${doing}: the copy does not fit into memory.`,
      {
        hint: 'Answer large patterns with `drop`: a sandbox holds all of it in memory as well.',
      },
    )
  return new SandboxError('snapshot_failed', `While ${doing}: error ${code}.`, {
    hint: 'Two patterns may have made one name of two keys of different types: let their names differ.',
  })
}
