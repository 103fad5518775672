import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Entry, FingerprintSearch, Fingerprints } from '../fingerprints/fingerprints.ts'
import type { Secret } from '../lib/secret.ts'
import { type Encoding, foldedText, formsOf } from './encodings.ts'
import { piecesOf } from './pieces.ts'

/** A secret of production by the name that its operator gave it. */
export interface NamedSecret {
  readonly name: string
  readonly value: Secret
}

export interface Sighted {
  readonly name: string
  readonly encoding: Encoding
  /** Where in the bytes that were searched. */
  readonly start: number
}

/** Known secrets, of which nothing is kept but fingerprints. */
export interface Registered {
  /** Changes with every secret and says nothing of any; fit to be stored. */
  readonly digest: string
  /** Calls back for each that stands in `bytes` and begins before `limit`. */
  search(bytes: Uint8Array, onSighted: (sighted: Sighted) => void, limit?: number): void
}

interface Known {
  readonly name: string
  readonly encoding: Encoding
  readonly length: number
  readonly mac: Buffer
}

/**
 * Takes down every form of every secret. The filter in memory says where one may stand; a fingerprint
 * under `key` decides.
 */
export function registerSecrets(secrets: readonly NamedSecret[], key: Buffer): Registered {
  const macOf = (bytes: Buffer) => createHmac('sha256', key).update(foldedText(bytes)).digest()
  const known = secrets.flatMap(({ name, value }) =>
    piecesOf(value.reveal())
      .flatMap(formsOf)
      .map(({ encoding, bytes }) => ({ name, encoding, bytes, mac: macOf(bytes) })),
  )
  const digest = createHmac('sha256', key)
  for (const mac of known.map(({ mac }) => mac.toString('hex')).sort()) digest.update(mac)
  return { digest: digest.digest('hex'), search: searchFor(known, macOf) }
}

function searchFor(
  known: readonly (Omit<Known, 'length'> & { readonly bytes: Buffer })[],
  macOf: (bytes: Buffer) => Buffer,
): Registered['search'] {
  if (known.length === 0) return () => {}
  const fingerprints = new Fingerprints({ capacity: known.length + 1 })
  const kept = known.map(({ bytes, ...rest }, label): Known => {
    fingerprints.add(bytes, label)
    return { ...rest, length: bytes.length }
  })
  const search = new FingerprintSearch(fingerprints.shared)
  return (bytes, onSighted, limit) => {
    const onHit = (entry: Entry, start: number) => {
      const { name, encoding, length, mac } = kept[fingerprints.label(entry)] as Known
      const found = Buffer.from(bytes.subarray(start, start + length))
      if (timingSafeEqual(macOf(found), mac)) onSighted({ name, encoding, start })
    }
    search.search(bytes, onHit, limit)
  }
}
