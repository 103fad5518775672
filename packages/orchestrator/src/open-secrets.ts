import type { LoadedConfig } from './config/config.ts'
import type { Engine } from './engine/engine.ts'
import type { Installation } from './installation/installation.ts'
import { Secret } from './lib/secret.ts'
import {
  createImageScans,
  createSecrets,
  type ImageScans,
  type NamedSecret,
  type Secrets,
  shortestSecret,
} from './secrets/secrets.ts'
import type { Storage } from './storage/storage.ts'

interface Parts {
  readonly installation: Installation
  /** Where a scan keeps what it must have on disk. */
  readonly uploads: string
  readonly engine: Pick<Engine, 'images'>
  readonly storage: Storage
}

/** Fingerprints what is known now, and opens what looks for it. */
export function openSecrets(
  config: LoadedConfig,
  { installation, uploads, engine: { images }, storage }: Parts,
): { readonly secrets: Secrets; readonly imageScans: ImageScans } {
  const secrets = createSecrets({
    known: knownSecrets(config, installation),
    config: config.scan,
    key: installation.secretsKey,
    directory: uploads,
  })
  return { secrets, imageScans: createImageScans({ images, secrets, storage }) }
}

/** What must never enter a sandbox: what the operator registered, the sources’ passwords, our own keys. */
function knownSecrets(
  { secrets, sources }: Pick<LoadedConfig, 'secrets' | 'sources'>,
  { apiKey, maskingKey, secretsKey }: Installation,
): NamedSecret[] {
  const own = (name: string, value: string) => ({ name, value: new Secret(value) })
  const passwords = Object.values(sources).flatMap(({ name, url }) => {
    const password = passwordIn(url)
    return password.length < shortestSecret ? [] : [own(`password of source ${name}`, password)]
  })
  return [
    ...secrets,
    ...passwords,
    own('api-key of this orchestrator', apiKey),
    own('masking-key of this orchestrator', maskingKey.toString('hex')),
    own('secrets-key of this orchestrator', secretsKey.toString('hex')),
  ]
}

function passwordIn(url: Secret): string {
  const text = url.reveal()
  if (!URL.canParse(text)) return ''
  const { password, searchParams } = new URL(text)
  return decodeURIComponent(password || (searchParams.get('password') ?? ''))
}
