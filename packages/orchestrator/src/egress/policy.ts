import type { EgressConfig, EgressGrant, EgressSpec } from '@stuntdouble/sdk/wire'
import { isMetadataName } from './addresses.ts'
import type { Authority } from './authority.ts'
import type { Reason } from './denial.ts'
import { asksTooMuch } from './errors.ts'
import {
  conditions,
  coversHost,
  coversPath,
  matches,
  type Rule,
  rulesOf,
  type Wanted,
} from './rules.ts'

export type Verdict =
  | {
      readonly allowed: true
      /** The operator’s rule. */
      readonly rule: string
      /** Whether the host may have a private address. */
      readonly private: boolean
    }
  | { readonly allowed: false; readonly reason: Reason }

/** The operator’s rules. Pure: it looks at words, not at the network. */
export interface Policy {
  /**
   * Allowed is what both sides say yes to: the blueprint asks, the operator allows. `agreed` are rules
   * that both named, such as a credential’s.
   */
  decide(asked: readonly Rule[], want: Wanted, agreed?: readonly Rule[]): Verdict
  /** Whether both sides allow plain HTTP to go there, and not TLS. */
  readsInside(asked: readonly Rule[], to: Authority): boolean
  /** Throws `policy_refused` at the first entry that asks for more than is allowed. */
  admit(spec: EgressSpec): void
  /** What a sandbox gets of what it asked for. */
  granted(spec: EgressSpec): EgressGrant[]
  /** What is asked for when nothing particular is: all that is allowed. */
  readonly everything: readonly Rule[]
}

const goesTo =
  ({ host, port }: Authority, scheme: Rule['scheme']) =>
  (rule: Rule) =>
    rule.scheme === scheme && coversHost(rule.host, host) && rule.ports.includes(port)

export function createPolicy(allow: EgressConfig['allow']): Policy {
  const rules = allow.flatMap(rulesOf)

  return {
    everything: rules,
    decide(asked, want, agreed = []) {
      if (isMetadataName(want.host)) return denied('metadata')
      const own = agreed.find((rule) => matches(rule, want))
      if (own) return { allowed: true, rule: own.name, private: own.private }
      const allowing = rules.filter((rule) => matches(rule, want))
      const [first] = allowing
      if (!first) return denied(whyNot([...rules, ...agreed], want))
      if (!asked.some((rule) => matches(rule, want))) return denied('not_asked')
      return { allowed: true, rule: first.name, private: allowing.some((rule) => rule.private) }
    },
    readsInside: (asked, to) =>
      !isMetadataName(to.host) &&
      [rules, asked].every((side) => side.some(goesTo(to, 'http'))) &&
      ![rules, asked].every((side) => side.some(goesTo(to, 'https'))),
    admit(spec) {
      for (const [index, entry] of spec.entries()) {
        const missing = rulesOf(entry).find((ask) => !isCovered(rules, ask))
        if (missing) throw asksTooMuch(missing, index)
      }
    },
    granted: (spec) =>
      spec.flatMap(rulesOf).flatMap((ask) => rules.flatMap((rule) => grantOf(ask, rule))),
  }
}

const denied = (reason: Reason): Verdict => ({ allowed: false, reason })

/** The narrowest condition at which the last of the rules fell away. */
function whyNot(rules: readonly Rule[], want: Wanted): Reason {
  let left = rules
  for (const [what, holds] of conditions) {
    left = left.filter((rule) => holds(rule, want))
    if (left.length === 0) return `${what}_not_allowed`
  }
  return 'host_not_allowed'
}

/** Whether for every single thing that is asked there is a rule that allows it. */
function isCovered(rules: readonly Rule[], ask: Rule): boolean {
  return eachOf(ask).every((single) => rules.some((rule) => covers(rule, single)))
}

interface Single extends Pick<Rule, 'scheme' | 'host'> {
  readonly port: number
  readonly method: string | null
  readonly path: string | null
}

const eachOf = ({ scheme, host, ports, methods, paths }: Rule): readonly Single[] =>
  ports.flatMap((port) =>
    (methods ?? [null]).flatMap((method) =>
      (paths ?? [null]).map((path) => ({ scheme, host, port, method, path })),
    ),
  )

/** Methods or paths that are not named ask for those there are. */
const covers = (rule: Rule, { scheme, host, port, method, path }: Single) =>
  rule.scheme === scheme &&
  coversHost(rule.host, host) &&
  rule.ports.includes(port) &&
  (method === null || rule.methods === null || rule.methods.includes(method)) &&
  (path === null || rule.paths === null || rule.paths.some((pattern) => coversPath(pattern, path)))

function grantOf(ask: Rule, rule: Rule): readonly EgressGrant[] {
  const ports = ask.ports.filter((port) => rule.ports.includes(port))
  const methods = both(ask.methods, rule.methods, (one, other) => one === other)
  const paths = both(ask.paths, rule.paths, (one, other) => coversPath(other, one))
  const isEmpty = [ports, methods, paths].some((list) => list?.length === 0)
  if (rule.scheme !== ask.scheme || !coversHost(rule.host, ask.host) || isEmpty) return []
  const { scheme, host } = ask
  return [{ asked: ask.name, by: rule.name, scheme, host, ports, methods, paths }]
}

function both(
  asked: readonly string[] | null,
  allowed: readonly string[] | null,
  covered: (one: string, other: string) => boolean,
): string[] | null {
  if (asked === null) return allowed && [...allowed]
  if (allowed === null) return [...asked]
  return asked.filter((one) => allowed.some((other) => covered(one, other)))
}
