import { createHmac } from 'node:crypto'
import { FingerprintSearch, Fingerprints, type Pins, pinsOf } from '../fingerprints/fingerprints.ts'
import type { Secret } from '../lib/secret.ts'
import { type Encoding, formsOf } from './encodings.ts'
import { piecesOf } from './pieces.ts'

/** A secret of production by the name that its operator gave it. */
export interface NamedSecret {
  readonly name: string
  readonly value: Secret
}

/** One form of a registered secret. */
export interface Sought {
  readonly name: string
  readonly encoding: Encoding
}

export interface Sighted extends Sought {
  /** Where in the bytes that were searched. */
  readonly start: number
}

/** Known secrets, of which nothing is kept but fingerprints. */
export interface Registered {
  /** Changes with every secret and says nothing of any; fit to be stored. */
  readonly digest: string
  /** The same of each. */
  readonly digests: readonly { readonly name: string; readonly digest: string }[]
  /** For a search that looks for other values as well. */
  readonly pins: Pins
  /** What each pin is of. */
  readonly sought: readonly Sought[]
  /** Calls back for each that stands in `bytes` and begins before `limit`. */
  search(bytes: Uint8Array, onSighted: (sighted: Sighted) => void, limit?: number): void
}

/**
 * Takes down every form of every secret. The filter in memory says where one may stand; a fingerprint
 * under `key` decides.
 */
export function registerSecrets(secrets: readonly NamedSecret[], key: Buffer): Registered {
  const forms = secrets.flatMap(({ name, value }) =>
    piecesOf(value.reveal())
      .flatMap(formsOf)
      .map(({ encoding, bytes }) => ({ name, encoding, bytes })),
  )
  const pins = pinsOf(
    forms.map(({ bytes }) => bytes),
    key,
  )
  const sought = forms.map(({ name, encoding }) => ({ name, encoding }))
  const digest = createHmac('sha256', key)
  for (const mac of pins.macs.map((mac) => Buffer.from(mac).toString('hex')).sort())
    digest.update(mac)
  const digests = secrets.map(({ name, value }) => ({
    name,
    digest: createHmac('sha256', key).update('one\0').update(value.reveal()).digest('hex'),
  }))
  return { digest: digest.digest('hex'), digests, pins, sought, search: searchFor(pins, sought) }
}

function searchFor(pins: Pins, sought: readonly Sought[]): Registered['search'] {
  if (sought.length === 0) return () => {}
  const fingerprints = new Fingerprints({ capacity: 0, pins })
  const search = new FingerprintSearch(fingerprints.shared)
  return (bytes, onSighted, limit) => {
    const onHit = (entry: number, start: number) =>
      onSighted({ ...(sought[fingerprints.label(entry)] as Sought), start })
    search.search(bytes, onHit, limit)
  }
}
