import type { Transform } from 'node:stream'
import type { SecureContext } from 'node:tls'
import type { LoadedCredential } from '../../config/config.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Authority } from '../authority.ts'
import { Refusal } from '../denial.ts'
import type { Rule } from '../rules.ts'
import type { AuthorityKeys, Authority as Signer } from './certificates.ts'
import { headerValue } from './place.ts'
import type { Placeholders } from './placeholders.ts'
import { type Brokered, type Placing, placingsIn, type Sent } from './requests.ts'
import { holds, Scrubber } from './sieve.ts'
import type { Values } from './values.ts'

/** One sandbox’s credentials. Without any it still knows a placeholder that is not its own. */
export interface OpenBroker {
  /** What asking for them allows: each host at its methods and paths. */
  readonly rules: readonly Rule[]
  /**
   * The certificate of the sandbox’s authority, good until the lease’s hard end; undefined where none
   * is needed. A later one has the same key. PEM.
   */
  certificate(from: number, until: number): Promise<string | undefined>
  /** Whether TLS that goes there ends here, to be read. */
  opens(to: Authority): boolean
  /** What the sandbox is shown as that host. */
  contextFor(host: string): Promise<SecureContext>
  /** Whether that host may know a value, so that its answers are to be read. */
  guards(host: string): boolean
  /** The host’s own authorities; undefined for the public ones. */
  authoritiesFor(to: Authority): string | undefined
  /** Where values are to be put in. Throws a `Refusal` with an alarm for a placeholder elsewhere. */
  placings(sent: Sent): readonly Placing[]
  /** The headers with the values in them. Throws a `Refusal` when there is none to be had. */
  fill(rawHeaders: readonly string[], placings: readonly Placing[]): Promise<string[]>
  /** Makes sure that what that host may know can be looked for in its answers. Throws a `Refusal`. */
  learn(host: string): Promise<void>
  /** Passes a request’s body on until a placeholder is in it; `onFound` throws. */
  watch(onFound: () => void): Transform
  /** The credential whose value stands in a text, in any of its usual encodings. */
  valueIn(text: string): string | undefined
  /** Passes an answer’s body on with stars where a value stood, and says whose. */
  scrubbers(onFound: (credential: string) => void): readonly Transform[]
}

interface Parts {
  readonly sandbox: string
  readonly own: readonly Brokered[]
  readonly placeholders: Placeholders
  readonly values: Values
  readonly clock: Clock
}

export function openBroker({ sandbox, own, placeholders, values, clock }: Parts): OpenBroker {
  const hosts = [...new Set(own.map(({ rule }) => rule.host))]
  let keys: Promise<AuthorityKeys> | undefined
  let signer: Signer | undefined
  let leaseEnd = 0
  const at = (to: Authority) =>
    own.filter(({ rule }) => rule.host === to.host && rule.ports.includes(to.port))
  const searches = () =>
    own.flatMap(({ credential }) =>
      values.searches(credential).map((search) => ({ search, name: credential.name })),
    )

  function mustBeLeased(): void {
    if (clock() >= leaseEnd) throw new Refusal('lease_over')
  }

  const fetched = (credential: LoadedCredential) =>
    values.get(credential).catch((cause) => {
      throw unavailable(credential.name, cause)
    })

  async function filling({ at, brokered: { credential } }: Placing) {
    const value = await fetched(credential)
    return { at, text: headerValue(credential.inject, value.reveal()) }
  }

  return {
    rules: own.map(({ rule }) => rule),
    async certificate(from, until) {
      if (hosts.length === 0) return undefined
      // Loaded by those who need it: it takes 20 MB.
      const { createAuthority, newAuthorityKeys } = await import('./certificates.ts')
      keys ??= newAuthorityKeys()
      leaseEnd = until
      const wanted = { sandbox, hosts, from: new Date(from), until: new Date(until) }
      signer = await createAuthority(wanted, await keys)
      return signer.certificate
    },
    opens: (to) => at(to).length > 0,
    contextFor(host) {
      mustBeLeased()
      if (!signer) throw new Refusal('lease_over', { host })
      return signer.contextFor(host)
    },
    guards: (host) => hosts.includes(host),
    authoritiesFor: (to) => at(to).find(({ credential }) => credential.ca)?.credential.ca,
    placings: (sent) => placingsIn(sent, own, placeholders),
    async fill(rawHeaders, placings) {
      if (placings.length > 0) mustBeLeased()
      const filled = [...rawHeaders]
      for (const { at, text } of await Promise.all(placings.map(filling))) filled[at] = text
      return filled
    },
    async learn(host) {
      const known = own.filter(({ rule }) => rule.host === host)
      await Promise.all(known.map(({ credential }) => fetched(credential)))
    },
    watch: (onFound) => new Scrubber(placeholders.search, onFound),
    valueIn: (text) => searches().find(({ search }) => holds(search, text))?.name,
    scrubbers: (onFound) =>
      searches().map(({ search, name }) => new Scrubber(search, () => onFound(name))),
  }
}

const unavailable = (credential: string, cause: unknown) =>
  new Refusal(
    'credential_unavailable',
    {},
    {
      alarm: 'unavailable',
      credential,
      where: cause instanceof Error ? cause.message : 'unknown',
    },
  )
