/** Many values, known by what is kept of them, and the search for any of them in any bytes. */
export { Digests, longest, shortest } from './digests.ts'
export { FingerprintSearch } from './fingerprint-search.ts'
export { Fingerprints, type SharedFingerprints } from './fingerprint-set.ts'
export type { Entry } from './slots.ts'
