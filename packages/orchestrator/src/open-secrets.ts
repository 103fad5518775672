import type { LoadedConfig } from './config/config.ts'
import type { Engine } from './engine/engine.ts'
import type { Installation } from './installation/installation.ts'
import { Secret } from './lib/secret.ts'
import {
  createImageScans,
  createSecrets,
  type ImageScans,
  type NamedSecret,
  type Registered,
  registerSecrets,
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

interface OpenedSecrets {
  readonly secrets: Secrets
  /** What is looked for where words such as `postgres` stand by themselves: in data, in files sent in later. */
  readonly registered: Registered
  readonly imageScans: ImageScans
}

/** Fingerprints what is known now, and opens what looks for it. */
export function openSecrets(
  config: LoadedConfig,
  { installation, uploads, engine: { images }, storage }: Parts,
): OpenedSecrets {
  const { known, words } = knownSecrets(config, installation)
  const secrets = createSecrets({
    known: [...known, ...words],
    config: config.scan,
    key: installation.secretsKey,
    directory: uploads,
  })
  const registered = registerSecrets(known, installation.secretsKey)
  return { secrets, registered, imageScans: createImageScans({ images, secrets, storage }) }
}

interface KnownSecrets {
  readonly known: readonly NamedSecret[]
  /** Passwords such as `postgres`, which stand in every database by chance. */
  readonly words: readonly NamedSecret[]
}

/** What must never enter a sandbox: what the operator registered, the sources’ passwords, our own keys. */
function knownSecrets(
  { secrets, sources }: Pick<LoadedConfig, 'secrets' | 'sources'>,
  { apiKey, maskingKey, secretsKey }: Installation,
): KnownSecrets {
  const own = (name: string, value: string) => ({ name, value: new Secret(value) })
  const passwords = Object.values(sources).flatMap(({ name, url }) => {
    const password = passwordIn(url)
    return password.length < shortestSecret ? [] : [own(`password of source ${name}`, password)]
  })
  const isWord = ({ value }: NamedSecret) => wordLike.test(value.reveal())
  return {
    words: passwords.filter(isWord),
    known: [
      ...secrets,
      ...passwords.filter((password) => !isWord(password)),
      own('api-key of this orchestrator', apiKey),
      own('masking-key of this orchestrator', maskingKey.toString('hex')),
      own('secrets-key of this orchestrator', secretsKey.toString('hex')),
    ],
  }
}

/** Letters alone, and no more of them than a long word has. */
const wordLike = /^[a-z_-]{1,15}$/i

function passwordIn(url: Secret): string {
  const text = url.reveal()
  if (!URL.canParse(text)) return ''
  const { password, searchParams } = new URL(text)
  return decodeURIComponent(password || (searchParams.get('password') ?? ''))
}
