import { SandboxError } from '@stuntdouble/sdk/errors'

export const sourceRefused = (name: string, message: string, hint: string) =>
  new SandboxError('source_refused', `Source "${name}": ${message}`, { hint })

/** `code` is the one of the failed connection: of what it says in words nothing is repeated. */
export const sourceUnreachable = (name: string, address: string, code: string) =>
  new SandboxError(
    'source_unreachable',
    `Source "${name}": cannot reach ${address} (${reasons[code] ?? 'the connection ended'}).`,
    {
      hint: 'Check host, port and firewall from this machine, that the server is up, and whether it speaks TLS.',
      retryable: true,
    },
  )

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'name lookup failed',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'no route to network',
  ENOENT: 'no such socket',
  ECONNRESET: 'connection reset',
}

export const isAboutCertificate = (code: string) =>
  /^(CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|ERR_SSL)/.test(code)

/** Several addresses of one host fail as one AggregateError; the first tells enough. */
export function firstFailure(cause: unknown): { readonly code: string; readonly message: string } {
  const first = cause instanceof AggregateError ? cause.errors[0] : cause
  const { code, message } = (first ?? {}) as { code?: unknown; message?: unknown }
  return { code: String(code ?? ''), message: String(message ?? '') }
}
