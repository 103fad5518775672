import { Secret } from '../../lib/secret.ts'
import { type Registered, registerSecrets } from '../registered.ts'

/** Registered secrets, name → value. */
export function known(secrets: Readonly<Record<string, string>> = {}): Registered {
  const named = Object.entries(secrets).map(([name, value]) => ({ name, value: new Secret(value) }))
  return registerSecrets(named, Buffer.alloc(32, 7))
}
