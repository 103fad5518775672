import type { CredentialView } from '@stuntdouble/sdk/wire'
import type { LoadedCredential } from '../../config/config.ts'
import type { Clock } from '../../lib/clock.ts'
import { credentialUnknown, sameVariable } from '../errors.ts'
import { type Rule, rulesOf } from '../rules.ts'
import { type OpenBroker, openBroker } from './open-broker.ts'
import { placeOf } from './place.ts'
import { createPlaceholders } from './placeholders.ts'
import type { ReadValue } from './read-value.ts'
import type { Brokered } from './requests.ts'
import { createValues } from './values.ts'

/** Credentials that sandboxes use and never see. Names are those of the operator’s file. */
export interface Broker {
  /** Throws `policy_refused` for a name that the operator has not, and for two with one variable. */
  admit(names: readonly string[]): void
  /** As they are now: what the operator took away is left out. */
  views(names: readonly string[]): Record<string, CredentialView>
  /** The placeholders of a sandbox, by variable. */
  variables(sandbox: string, names: readonly string[]): Record<string, string>
  /** Where each may be used; of all when no names are given. */
  rules(names?: readonly string[]): readonly CredentialRule[]
  open(sandbox: string, names: readonly string[]): OpenBroker
}

export type { OpenBroker } from './open-broker.ts'

export interface CredentialRule {
  readonly credential: LoadedCredential
  readonly rule: Rule
}

export interface BrokerParts {
  readonly credentials: Readonly<Record<string, LoadedCredential>>
  /** Derives the placeholders; 32 bytes that stay the same for the installation. */
  readonly key: Buffer
  readonly read: ReadValue
  readonly clock: Clock
}

export function createBroker({ credentials, key, read, clock }: BrokerParts): Broker {
  const placeholders = createPlaceholders(key)
  const values = createValues(read, clock)
  const known = (names: readonly string[]) =>
    names.flatMap((name) => (Object.hasOwn(credentials, name) ? (credentials[name] ?? []) : []))
  const rules = (names: readonly string[] = Object.keys(credentials)) =>
    known(names).map((credential) => ({ credential, rule: ruleOf(credential) }))

  return {
    rules,
    admit(names) {
      const missing = names.findIndex((name) => known([name]).length === 0)
      if (missing >= 0) throw credentialUnknown(names[missing] ?? '', missing)
      const variables = known(names).map(({ variable }) => variable)
      const again = variables.findIndex((one, at) => variables.indexOf(one) < at)
      if (again >= 0) throw sameVariable(variables[again] ?? '', again)
    },
    views: (names) => Object.fromEntries(known(names).map((one) => [one.name, viewOf(one)])),
    variables: (sandbox, names) =>
      Object.fromEntries(
        known(names).map(({ name, variable }) => [variable, placeholders.of(sandbox, name)]),
      ),
    open(sandbox, names) {
      const own: readonly Brokered[] = rules(names).map((each) => ({
        ...each,
        placeholder: placeholders.of(sandbox, each.credential.name),
      }))
      return openBroker({ sandbox, own, placeholders, values, clock })
    },
  }
}

function ruleOf({ name, host, port, methods, paths, private: isPrivate }: LoadedCredential): Rule {
  const [rule] = rulesOf({
    scheme: 'https',
    host,
    ports: [port],
    methods,
    paths,
    private: isPrivate,
  })
  if (!rule) throw new Error('an entry that is no preset is one rule')
  return { ...rule, name: `credential ${name}` }
}

const viewOf = ({ variable, host, port, methods, paths, inject }: LoadedCredential) => ({
  ...{ variable, host, port, methods, paths },
  place: placeOf(inject),
})
