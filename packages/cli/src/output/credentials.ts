import type { CredentialView } from '@stuntdouble/sdk/wire'
import { printable } from './printable.ts'

/** Which credentials are put in where, a line each. */
export const credentialLines = (
  credentials: Readonly<Record<string, CredentialView>>,
): readonly string[] =>
  Object.entries(credentials).map(([name, { variable, host, port, methods, paths }]) => {
    const place = `https://${host}${port === 443 ? '' : `:${port}`}`
    return printable(`${name}: $${variable}, for ${[place, ...methods, ...paths].join(' ')}`)
  })
