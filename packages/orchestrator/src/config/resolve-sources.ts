import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import {
  parseBytes,
  parseDuration,
  type ServerKind,
  type SourceConfig,
  type SourceKind,
  type SubsetConfig,
} from '@stuntdouble/sdk/wire'
import { Secret } from '../lib/secret.ts'
import { fillIn, type Scope } from './placeholders.ts'

/** One source of the operator's file, its secrets filled in. */
export interface LoadedSource {
  readonly name: string
  readonly kind: SourceKind
  /** Of files, the directory, absolute. */
  readonly url: Secret
  /** host:port/database, or a directory; neither user nor password. */
  readonly address: string
  /** masking.yaml, absolute; not looked at where the stance is `empty`. */
  readonly policyPath: string
  /** What a sandbox is given: what there is, masked, or an empty store of the kind. */
  readonly stance: 'masked' | 'empty'
  /** Of files: what is copied and looked at, at most. */
  readonly most?: { readonly bytes: number; readonly entries: number }
  readonly schemas?: readonly string[]
  readonly image?: string
  /** Objects and columns whose content a person has read and found harmless. */
  readonly accept?: readonly string[]
  readonly sequences?: 'fitted' | 'exact'
  readonly refreshMs?: number
  /** How many sealed snapshots of it stay; all when left out. */
  readonly retain?: number
  readonly connections?: number
  readonly maxBytesPerSecond?: number
  readonly subset?: SubsetConfig
}

type Complain = (key: readonly string[], message: string) => void

/** Fills in every source's URL; what cannot be filled in is complained about at its key. */
export function resolveSources(
  sources: Readonly<Record<string, SourceConfig>>,
  scope: Scope,
  complain: Complain,
): Record<string, LoadedSource> {
  const resolved: Record<string, LoadedSource> = {}
  for (const [name, source] of Object.entries(sources)) {
    const { url, address } = placeOf([name, source], scope, complain)
    resolved[name] = {
      name,
      kind: source.kind,
      url: new Secret(url),
      address,
      policyPath: resolve(dirname(scope.path), source.policy ?? 'masking.yaml'),
      stance: source.stance ?? 'masked',
      ...(source.kind === 'files' && { most: mostOf(source) }),
      ...(source.schemas && { schemas: source.schemas }),
      ...(source.image && { image: source.image }),
      ...(source.accept && { accept: source.accept }),
      ...(source.sequences && { sequences: source.sequences }),
      ...(source.refresh && { refreshMs: (parseDuration(source.refresh) ?? 0) * 1000 }),
      ...(source.retain && { retain: source.retain }),
      ...(source.connections && { connections: source.connections }),
      ...(source.maxRate && { maxBytesPerSecond: parseBytes(source.maxRate) ?? 0 }),
      ...(source.subset && { subset: source.subset }),
    }
  }
  return resolved
}

interface Place {
  readonly url: string
  readonly address: string
}

function placeOf(
  [name, { kind, url = '', path = '' }]: readonly [string, SourceConfig],
  scope: Scope,
  complain: Complain,
): Place {
  const key = kind === 'files' ? 'path' : 'url'
  if (holdsPassword(url)) warnOfReadableConfig(name, scope)
  const { text, problems } = fillIn(kind === 'files' ? path : url, scope)
  for (const problem of problems) complain([name, key], problem)
  if (kind === 'files') {
    const directory = resolve(dirname(scope.path), text)
    return { url: directory, address: directory }
  }
  const address = addressOf(kind, text)
  if (address === undefined && problems.length === 0) complain([name, key], schemes[kind].hint)
  return { url: text, address: address ?? 'unknown' }
}

const mostOf = ({ maxSize = '16g', maxEntries = 1_000_000 }: SourceConfig) => ({
  bytes: parseBytes(maxSize) ?? 0,
  entries: maxEntries,
})

const mustBe = (example: string) =>
  `must be a URL such as "${example}" once its variables are filled in`

const schemes = {
  postgres: {
    pattern: /^postgres(ql)?:$/,
    port: '5432',
    hint: mustBe('postgres://reader:…@db.example.com:5432/shop'),
  },
  mariadb: {
    pattern: /^(mysql|mariadb):$/,
    port: '3306',
    hint: mustBe('mysql://reader:…@db.example.com:3306/shop'),
  },
  redis: {
    pattern: /^rediss?:$/,
    port: '6379',
    hint: mustBe('redis://reader:…@cache.example.com:6379/0'),
  },
} satisfies Record<ServerKind, unknown>

/** host:port/database of a URL; undefined when it is none of ours. */
function addressOf(kind: ServerKind, url: string): string | undefined {
  const { pattern, port } = schemes[kind]
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !pattern.test(parsed.protocol)) return undefined
  const host = parsed.hostname || parsed.searchParams.get('host') || 'localhost'
  return `${host}:${parsed.port || port}${parsed.pathname}`
}

const holdsPassword = (url: string) => /:\/\/[^/@:]*:(?!\$\{)[^/@]+@/.test(url)

function warnOfReadableConfig(name: string, scope: Scope): void {
  if ((statSync(scope.path).mode & 0o004) === 0) return
  scope.warn(
    `${scope.path} holds the password of source "${name}" and everyone on this machine can read it: ` +
      `chmod 600 it, or write \${env:NAME} or \${file:PATH} instead.`,
  )
}
