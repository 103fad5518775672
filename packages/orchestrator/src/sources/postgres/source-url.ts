import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type { ClientConfig } from 'pg'
import { urlInvalid } from './errors.ts'

export interface SourceUrl {
  /** host:port/database; all of it that may stand in a message. */
  readonly address: string
  readonly database: string
  readonly config: ClientConfig
  /** Tried in this order, the next only when the server does not speak TLS. */
  readonly tls: readonly (ConnectionOptions | false)[]
}

/** Reads a connection URL as libpq does, without its environment variables and password files. */
export function parseSourceUrl(name: string, text: string): SourceUrl {
  const url = parse(name, text)
  const host = url.searchParams.get('host') ?? hostOf(name, url)
  const port = Number(url.searchParams.get('port') ?? (url.port || 5432))
  const database = decode(name, url.pathname.slice(1))
  const user = decode(name, url.username)
  if (host === '') throw urlInvalid(name, 'names no host')
  if (user === '') throw urlInvalid(name, 'names no user')
  if (database === '') throw urlInvalid(name, 'names no database')
  if (!Number.isInteger(port)) throw urlInvalid(name, 'has a port that is no number')

  return {
    address: `${host}:${port}/${database}`,
    database,
    config: { host, port, database, user, password: decode(name, url.password) },
    tls: host.startsWith('/') ? [false] : tlsAttempts(name, url.searchParams),
  }
}

/** `user@/database?host=…` is libpq’s own; a URL cannot have a user and no host. */
const nowhere = 'no-host-is-named.invalid'

function hostOf(name: string, { hostname }: URL): string {
  return hostname === nowhere ? '' : decode(name, hostname.replace(/^\[|\]$/g, ''))
}

function parse(name: string, text: string): URL {
  const url = URL.parse(text.replace(/^(\w+:\/\/[^/?#]*@)(?=[/:])/, `$1${nowhere}`))
  if (url === null) throw urlInvalid(name, 'cannot be read')
  if (!['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw urlInvalid(name, 'does not begin with postgres://')
  }
  return url
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw urlInvalid(name, 'holds a % that begins no percent-encoded character')
  }
}

function tlsAttempts(name: string, query: URLSearchParams): readonly (ConnectionOptions | false)[] {
  const files = certificates(name, query)
  const unverified = { ...files, rejectUnauthorized: false }
  const chainOnly = { ...files, checkServerIdentity: () => undefined }
  switch (query.get('sslmode') ?? 'prefer') {
    case 'disable':
      return [false]
    case 'allow':
    case 'prefer':
      return [unverified, false]
    case 'require':
      return [files.ca === undefined ? unverified : chainOnly]
    case 'verify-ca':
      return [chainOnly]
    case 'verify-full':
      return [files]
    default:
      throw urlInvalid(name, 'has an sslmode that PostgreSQL does not know')
  }
}

function certificates(name: string, query: URLSearchParams): ConnectionOptions {
  const options: ConnectionOptions = {}
  for (const [key, option] of [
    ['sslrootcert', 'ca'],
    ['sslcert', 'cert'],
    ['sslkey', 'key'],
  ] as const) {
    const path = query.get(key)
    if (path !== null && path !== 'system') options[option] = readPem(name, key, path)
  }
  return options
}

function readPem(name: string, key: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    throw urlInvalid(name, `names a file in ${key} that cannot be read`)
  }
}
