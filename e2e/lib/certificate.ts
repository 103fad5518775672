import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './command-result.ts'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A certificate that signs itself, for these names and addresses: `DNS:localhost`, `IP:10.0.0.1`. */
export async function certificateFor(...names: readonly string[]): Promise<Certificate> {
  const directory = await mkdtemp(join(tmpdir(), 'web-tls-'))
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const args = [
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1'.split(' '),
    ...['-subj', '/CN=test', '-addext', `subjectAltName=${names.join(',')}`],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', key, '-out', cert],
  ]
  try {
    const made = await runCommand({
      ...{ file: 'openssl', args, cwd: directory, timeoutMs: 30_000 },
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    })
    if (made.exitCode !== 0) throw new Error(`openssl: ${made.stderr}`)
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
  } finally {
    await rm(directory, { recursive: true })
  }
}
