import { parseDuration, type ScanConfig } from '@stuntdouble/sdk/wire'
import { secretShapesInCode } from './patterns.ts'
import { type NamedSecret, registerSecrets } from './registered.ts'
import { openScan, type Scan } from './scan.ts'
import { findSecrets } from './secretlint.ts'

export { secretsFound } from './errors.ts'
export { isForbiddenName as isSecretName } from './forbidden-names.ts'
export { createImageScans, type ImageScans, imageScanMigrations } from './images.ts'
export { secretHint, secretShapesIn, withoutSecrets } from './patterns.ts'
export { shortestSecret } from './pieces.ts'
export { type NamedSecret, type Registered, registerSecrets } from './registered.ts'
export type { Scan } from './scan.ts'
export { withoutRegistered } from './without-registered.ts'

/** What of a statement looks like a secret: the rules, never the value. */
export async function secretsInCode(text: string): Promise<string[]> {
  const linted = (await findSecrets('statement.sql', text)).map(({ rule }) => rule)
  return [...new Set([...secretShapesInCode(text), ...linted])]
}

/** Looks for production’s secrets in what is about to enter a sandbox. No scan, no sandbox. */
export interface Secrets {
  /** Of all that is registered; fit to be stored. */
  readonly digest: string
  /** Dispose of it when it is finished, or given up. */
  scan(signal: AbortSignal): Promise<Scan>
}

export interface SecretsParts {
  readonly known: readonly NamedSecret[]
  readonly config: ScanConfig
  /** 32 bytes: keys every fingerprint. */
  readonly key: Buffer
  /** For what a scan must have on disk. */
  readonly directory: string
}

export function createSecrets({ known, config, key, directory }: SecretsParts): Secrets {
  const registered = registerSecrets(known, key)
  const timeoutMs = (parseDuration(config.timeout) ?? 0) * 1000
  const parts = { registered, key, directory, timeoutMs, accept: config.accept }
  return { digest: registered.digest, scan: (signal) => openScan(parts, signal) }
}
