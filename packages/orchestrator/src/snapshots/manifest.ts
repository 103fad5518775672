import { createPublicKey, verify } from 'node:crypto'
import { canonicalJson } from '@stuntdouble/sdk/canonical-json'
import {
  Finding,
  LeakCoverage,
  type Snapshot,
  type SnapshotDetail,
  SnapshotPlan,
  SourceKind,
  TableCount,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'

/** What was sealed: the part of a snapshot that is signed. */
export const Manifest = z.object({
  id: z.string(),
  source: z.string(),
  kind: SourceKind,
  version: z.int(),
  image: z.string(),
  database: z.string(),
  rows: z.int(),
  masked: z.int(),
  sizeBytes: z.int(),
  tables: z.array(TableCount),
  findings: z.array(Finding),
  schemaFingerprint: z.string(),
  policyDigest: z.string(),
  leakCheck: LeakCoverage.optional(),
  /** Keyed digests of the registered secrets that it was searched for. */
  searchedFor: z.array(z.string()).optional(),
  /** Of a subset: what was chosen, and why. */
  plan: SnapshotPlan.optional(),
  startedAt: z.string(),
  sealedAt: z.string(),
})
export type Manifest = z.infer<typeof Manifest>

export const Signature = z.object({
  algorithm: z.literal('ed25519'),
  keyId: z.string(),
  publicKey: z.string(),
  value: z.string(),
})
export type Signature = z.infer<typeof Signature>

/** Ed25519; `publicKey` is SPKI in base64url. */
export interface ManifestSigner {
  readonly keyId: string
  readonly publicKey: string
  /** base64url */
  sign(bytes: Buffer): string
}

/** Over the canonical JSON of the whole manifest. */
export function signManifest(manifest: Manifest, signer: ManifestSigner): Signature {
  const { keyId, publicKey } = signer
  return { algorithm: 'ed25519', keyId, publicKey, value: signer.sign(bytesOf(manifest)) }
}

export function isSigned(manifest: Manifest, signature: Signature): boolean {
  const spki = Buffer.from(signature.publicKey, 'base64url')
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  return verify(null, bytesOf(manifest), key, Buffer.from(signature.value, 'base64url'))
}

export function snapshotOf(manifest: Manifest): Snapshot {
  const { tables, schemaFingerprint: _, policyDigest: __, leakCheck: ___, ...known } = manifest
  const { plan: ____, searchedFor: _____, ...rest } = known
  return { ...rest, state: 'sealed', tables: tables.length }
}

export function detailOf(manifest: Manifest, signature: Signature): SnapshotDetail {
  return {
    ...snapshotOf(manifest),
    tablesDetail: manifest.tables,
    schemaFingerprint: manifest.schemaFingerprint,
    policyDigest: manifest.policyDigest,
    ...(manifest.leakCheck && { leakCheck: manifest.leakCheck }),
    ...(manifest.plan && { plan: manifest.plan }),
    signature: signature.value,
  }
}

const bytesOf = (manifest: Manifest) => Buffer.from(canonicalJson(manifest))
