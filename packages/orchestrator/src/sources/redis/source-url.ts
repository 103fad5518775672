import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { urlInvalid } from './errors.ts'

export interface SourceUrl {
  /** host:port/database; all of it that may stand in a message. */
  readonly address: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** A number. */
  readonly database: string
  /** Null for a connection in the clear. */
  readonly tls: ConnectionOptions | null
}

/** As many as a copy’s server has. */
export const databases = 64

/** Reads `redis://` and `rediss://`. */
export function parseSourceUrl(name: string, text: string): SourceUrl {
  const url = URL.parse(text)
  if (url === null) throw urlInvalid(name, 'cannot be read')
  const secure = url.protocol === 'rediss:'
  if (!secure && url.protocol !== 'redis:')
    throw urlInvalid(name, 'does not begin with redis:// or rediss://')
  const host = decode(name, url.hostname.replace(/^\[|\]$/g, ''))
  if (host === '') throw urlInvalid(name, 'names no host')
  const port = Number(url.port || 6379)
  const database = url.pathname.slice(1) || '0'
  if (!/^\d{1,2}$/.test(database) || Number(database) >= databases)
    throw urlInvalid(name, `must end in a database’s number below ${databases}`)
  return {
    ...{ address: `${host}:${port}/${database}`, host, port, database: String(Number(database)) },
    user: decode(name, url.username),
    password: decode(name, url.password),
    tls: secure ? { ...authority(name, url.searchParams.get('tls-ca')) } : null,
  }
}

function decode(name: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw urlInvalid(name, 'holds a % that begins no percent-encoded character')
  }
}

function authority(name: string, path: string | null): { ca?: Buffer } {
  if (path === null) return {}
  try {
    return { ca: readFileSync(path) }
  } catch {
    throw urlInvalid(name, 'names a file in tls-ca that cannot be read')
  }
}
