import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { newSecret, newWorkspaceId } from '../lib/ids.ts'

/** One orchestrator’s identity and keys, kept in its state directory (0700) across restarts. */
export interface Installation {
  /** Stands in every label on the engine. */
  readonly id: string
  readonly directory: string
  /** The operator’s API key. */
  readonly apiKey: string
  /** Keys every masking permutation; rotating it changes every masked value. 32 bytes. */
  readonly maskingKey: Buffer
  /** Keys the fingerprints of secrets, and every canary. 32 bytes. */
  readonly secretsKey: Buffer
  /** Derives what stands for credentials inside sandboxes. 32 bytes. */
  readonly placeholderKey: Buffer
  readonly signer: Signer
}

/** Ed25519; `publicKey` is SPKI in base64url, `keyId` the first 16 hex digits of its SHA-256. */
export interface Signer {
  readonly keyId: string
  readonly publicKey: string
  /** base64url */
  sign(bytes: Buffer): string
}

export function openInstallation(directory: string): Installation {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const keep = (name: keyof typeof forms, make: () => string) => kept(join(directory, name), make)

  return {
    directory,
    id: keep('installation', () => newWorkspaceId().slice(2)),
    apiKey: keep('api-key', () => `sdk_${newSecret()}`),
    maskingKey: Buffer.from(
      keep('masking-key', () => randomBytes(32).toString('hex')),
      'hex',
    ),
    secretsKey: Buffer.from(
      keep('secrets-key', () => randomBytes(32).toString('hex')),
      'hex',
    ),
    placeholderKey: Buffer.from(
      keep('placeholder-key', () => randomBytes(32).toString('hex')),
      'hex',
    ),
    signer: openSigner(keep('signing-key.pem', newSigningKey)),
  }
}

/** A key that was cut short is no key: an empty one would mask with nothing. */
const forms = {
  installation: /^[a-z0-9]{12}$/,
  'api-key': /^sdk_[\w-]{43}$/,
  'masking-key': /^[0-9a-f]{64}$/,
  'secrets-key': /^[0-9a-f]{64}$/,
  'placeholder-key': /^[0-9a-f]{64}$/,
  'signing-key.pem': /^-----BEGIN PRIVATE KEY-----\s[^-]+-----END PRIVATE KEY-----$/,
} as const

/** A half-written key would be a lost one: written beside, synced, renamed, never overwritten. */
function kept(path: string, make: () => string): string {
  if (!existsSync(path)) {
    const partial = `${path}.${process.pid}`
    writeFileSync(partial, `${make().trim()}\n`, { mode: 0o600, flush: true })
    renameSync(partial, path)
  }
  const text = readFileSync(path, 'utf8').trim()
  if (!forms[basename(path) as keyof typeof forms].test(text)) throw damaged(path)
  return text
}

const damaged = (path: string) =>
  new SandboxError('internal', `The file ${path} is damaged.`, {
    hint: 'Restore it from a backup. Removing it makes a new one: masked values and signatures then change.',
  })

function newSigningKey(): string {
  return generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
}

function openSigner(pem: string): Signer {
  const privateKey = createPrivateKey(pem)
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return {
    keyId: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    publicKey: spki.toString('base64url'),
    sign: (bytes) => sign(null, bytes, privateKey).toString('base64url'),
  }
}
