import type { LoadedConfig } from './config/config.ts'
import type { Installation } from './installation/installation.ts'
import { Secret } from './lib/secret.ts'
import { createSecrets, type NamedSecret, type Secrets, shortestSecret } from './secrets/secrets.ts'

/** Fingerprints what is known now. A scan keeps in `directory` what it must have on disk. */
export const openSecrets = (
  config: LoadedConfig,
  installation: Installation,
  directory: string,
): Secrets =>
  createSecrets({
    known: knownSecrets(config, installation),
    config: config.scan,
    key: installation.secretsKey,
    directory,
  })

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
