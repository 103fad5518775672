import type { EgressPreset, EgressRule, OperatorEgressRule } from '@stuntdouble/sdk/wire'
import { hostOf, isLiteral } from './authority.ts'
import { presets } from './presets.ts'

/** One host and what may be asked of it; null is everything. A preset is several, of one name. */
export interface Rule {
  /** As the file says it: `npm`, `api.example.com`. */
  readonly name: string
  readonly scheme: 'https' | 'http'
  /** A host, `*.example.com`, or `*`. */
  readonly host: string
  readonly ports: readonly number[]
  readonly methods: readonly string[] | null
  readonly paths: readonly string[] | null
  readonly private: boolean
}

/** What a program in a sandbox wants. Method and path are null in a tunnel, where nobody sees them. */
export interface Wanted {
  readonly scheme: 'https' | 'http'
  readonly host: string
  readonly port: number
  readonly method: string | null
  /** Without its query. */
  readonly path: string | null
}

export const usualPort = { https: 443, http: 80 } as const

/** The rules behind one entry of either file. */
export function rulesOf(entry: EgressPreset | EgressRule | OperatorEgressRule): readonly Rule[] {
  if (typeof entry !== 'string') return [ruleOf(entry.host, entry)]
  return presets[entry].map((each) => ruleOf(entry, each))
}

type Fields = Pick<Rule, 'scheme' | 'host'> &
  Partial<{
    readonly [Field in 'ports' | 'methods' | 'paths' | 'private']: Rule[Field] | undefined
  }>

const ruleOf = (name: string, fields: Fields): Rule => ({
  name,
  scheme: fields.scheme,
  host: fields.host.startsWith('[') ? (hostOf(fields.host) ?? fields.host) : fields.host,
  ports: fields.ports ?? [usualPort[fields.scheme]],
  methods: fields.methods ?? null,
  paths: fields.paths ?? null,
  private: fields.private ?? false,
})

/** What must hold for a rule to match, from the widest to the narrowest. */
export const conditions = [
  ['host', (rule: Rule, want: Wanted) => coversHost(rule.host, want.host)],
  ['scheme', (rule: Rule, want: Wanted) => rule.scheme === want.scheme],
  ['port', (rule: Rule, want: Wanted) => rule.ports.includes(want.port)],
  ['method', (rule: Rule, want: Wanted) => isAmong(rule.methods, want.method)],
  ['path', (rule: Rule, want: Wanted) => allowsPath(rule.paths, want.path)],
] as const

export const matches = (rule: Rule, want: Wanted) =>
  conditions.every(([, holds]) => holds(rule, want))

/** An address is only ever named as itself: no wildcard stands for one. */
export function coversHost(pattern: string, host: string): boolean {
  if (pattern === host) return true
  if (isLiteral(host)) return false
  return pattern === '*' || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
}

const isAmong = (allowed: readonly string[] | null, one: string | null) =>
  allowed === null || (one !== null && allowed.includes(one))

function allowsPath(allowed: readonly string[] | null, path: string | null): boolean {
  if (allowed === null) return true
  return path !== null && isPlain(path) && allowed.some((pattern) => coversPath(pattern, path))
}

export const coversPath = (pattern: string, path: string) =>
  pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))

/** Whether every server reads it the same: no dots, empty or escaped parts that some of them resolve. */
export const isPlain = (path: string) =>
  !/\\|\/\/|;|%(?:2e|2f|5c|25|00)/i.test(path) && !/\/\.{1,2}(?:\/|$)/.test(path)
