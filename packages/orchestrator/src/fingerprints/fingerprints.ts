/** Many values, known by what is kept of them, and the search for any of them in any bytes. */
export { Digests, type SampleBits } from './digests.ts'
export { FingerprintSearch } from './fingerprint-search.ts'
export { Fingerprints } from './fingerprint-set.ts'
export { longest, shortest } from './hashes.ts'
export { type Pins, pinsOf } from './pins.ts'
export type { SharedFingerprints } from './shared-fingerprints.ts'
export type { Entry } from './slots.ts'
