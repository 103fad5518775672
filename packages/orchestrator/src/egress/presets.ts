import type { EgressPreset } from '@stuntdouble/sdk/wire'

interface PresetHost {
  readonly host: string
  /** Port 443 for https, 80 for http. */
  readonly scheme: 'https' | 'http'
  readonly methods?: readonly string[]
}

const https = (...hosts: readonly string[]): readonly PresetHost[] =>
  hosts.map((host) => ({ host, scheme: 'https' }))
const httpToRead = (...hosts: readonly string[]): readonly PresetHost[] =>
  hosts.map((host) => ({ host, scheme: 'http', methods: ['GET', 'HEAD'] }))

/** What each word stands for; docs/egress.md shows the same. */
export const presets: Readonly<Record<EgressPreset, readonly PresetHost[]>> = {
  npm: https('registry.npmjs.org'),
  pypi: https('pypi.org', 'files.pythonhosted.org'),
  debian: [
    ...httpToRead('deb.debian.org', 'security.debian.org'),
    ...https('deb.debian.org', 'security.debian.org'),
  ],
  github: https(
    'github.com',
    'codeload.github.com',
    'raw.githubusercontent.com',
    'objects.githubusercontent.com',
    'release-assets.githubusercontent.com',
  ),
  crates: https('index.crates.io', 'static.crates.io'),
  go: https('proxy.golang.org', 'sum.golang.org'),
}
