import { readFileSync } from 'node:fs'
import type { ConnectionOptions, SslOptions } from 'mysql2'
import { urlInvalid } from './errors.ts'

export interface SourceUrl {
  /** host:port/database; all of it that may stand in a message. */
  readonly address: string
  readonly database: string
  readonly options: ConnectionOptions
  /** Tried in this order, the next only when the server does not speak TLS. */
  readonly tls: readonly (SslOptions | false)[]
}

/** Databases of the server itself. */
const system = new Set(['mysql', 'information_schema', 'performance_schema', 'sys'])

/** Reads `mysql://` and `mariadb://`, with the names that either client gives its options. */
export function parseSourceUrl(name: string, text: string): SourceUrl {
  const url = URL.parse(text)
  if (url === null) throw urlInvalid(name, 'cannot be read')
  if (!['mysql:', 'mariadb:'].includes(url.protocol)) {
    throw urlInvalid(name, 'does not begin with mysql:// or mariadb://')
  }
  const host = decode(name, url.hostname.replace(/^\[|\]$/g, ''))
  const port = Number(url.port || 3306)
  const database = decode(name, url.pathname.slice(1))
  const user = decode(name, url.username)
  if (host === '') throw urlInvalid(name, 'names no host')
  if (user === '') throw urlInvalid(name, 'names no user')
  if (database === '') throw urlInvalid(name, 'names no database')
  if (system.has(database.toLowerCase())) throw urlInvalid(name, 'names the server’s own database')

  const options = { host, port, user, password: decode(name, url.password), database }
  return {
    address: `${host}:${port}/${database}`,
    database,
    options,
    tls: tlsAttempts(name, url.searchParams),
  }
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw urlInvalid(name, 'holds a % that begins no percent-encoded character')
  }
}

function tlsAttempts(name: string, query: URLSearchParams): readonly (SslOptions | false)[] {
  const ca = authority(name, query.get('ssl-ca') ?? query.get('sslrootcert'))
  const unverified = { ...ca, rejectUnauthorized: false }
  const chainOnly = { ...ca, rejectUnauthorized: true, verifyIdentity: false }
  const mode = query.get('ssl-mode') ?? query.get('sslmode') ?? 'preferred'
  switch (mode.toLowerCase().replaceAll('-', '_')) {
    case 'disabled':
    case 'disable':
      return [false]
    case 'preferred':
    case 'prefer':
      return [unverified, false]
    case 'required':
    case 'require':
      return [ca.ca === undefined ? unverified : chainOnly]
    case 'verify_ca':
      return [chainOnly]
    case 'verify_identity':
    case 'verify_full':
      return [{ ...ca, rejectUnauthorized: true, verifyIdentity: true }]
    default:
      throw urlInvalid(name, 'has an ssl-mode that MariaDB does not know')
  }
}

function authority(name: string, path: string | null): { ca?: Buffer } {
  if (path === null) return {}
  try {
    return { ca: readFileSync(path) }
  } catch {
    throw urlInvalid(name, 'names a file in ssl-ca that cannot be read')
  }
}
