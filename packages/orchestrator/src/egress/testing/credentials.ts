import { CredentialConfig } from '@stuntdouble/sdk/wire'
import type { z } from 'zod'
import type { LoadedCredential } from '../../config/config.ts'
import type { BrokerParts } from '../broker/broker.ts'
import { readValueIn } from '../broker/read-value.ts'

/** The values of these tests, by credential. Changed by a test, they are as a source that changed. */
export type Values = Record<string, string>

interface Options {
  readonly credentials?: readonly LoadedCredential[]
  readonly values?: Values
  readonly clock?: () => number
}

const key = Buffer.alloc(32, 'k')

export const brokerParts = ({ credentials = [], values = {}, clock }: Options): BrokerParts => ({
  credentials: Object.fromEntries(credentials.map((one) => [one.name, one])),
  key,
  clock: clock ?? Date.now,
  read: readValueIn(values),
})

export const noCredentials = brokerParts({})

/** A credential whose value is that of its name. */
export function credential(
  name: string,
  fields: Partial<z.input<typeof CredentialConfig>> & { readonly host: string },
): LoadedCredential {
  const {
    value: _value,
    command: _command,
    as,
    ca,
    ...rest
  } = CredentialConfig.parse({
    ...{ value: `\${env:${name}}`, methods: ['GET', 'POST'], paths: ['/v1/*'], private: true },
    ...fields,
  })
  const variable = as ?? `${name.toUpperCase()}_TOKEN`
  return { ...rest, name, variable, from: { variable: name }, ...(ca !== undefined && { ca }) }
}
