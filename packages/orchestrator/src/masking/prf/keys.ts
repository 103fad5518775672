import { hkdfSync } from 'node:crypto'
import { SipHash } from './siphash.ts'

/** Named functions of one master key: learning what one of them does tells nothing of the others. */
export type Keys = (domain: string) => SipHash

export function keysFrom(master: Uint8Array): Keys {
  return (domain) => {
    const info = `stuntdouble masking 2 ${domain}`
    return new SipHash(new Uint8Array(hkdfSync('sha256', master, new Uint8Array(), info, 16)))
  }
}
