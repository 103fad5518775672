import { workspaceContainer } from '../doors/doors.ts'
import type { Engine, Tmpfs } from '../engine/engine.ts'
import { trustNotDelivered } from './errors.ts'

const directory = '/etc/stuntdouble'
const own = `${directory}/authority.pem`
const all = `${directory}/authorities.pem`
const deliverWithinMs = 20_000

/** Where it is kept: not the agent’s to change, gone with the container. */
export const trustPlace = (owner: { readonly uid: number; readonly gid: number }): Tmpfs => ({
  path: directory,
  sizeBytes: 4 * 1024 ** 2,
  inodes: 64,
  ...owner,
  mode: 0o755,
})

/**
 * What programs look at to learn whom to trust. Node adds to its own authorities; of the others each
 * replaces them, so it names a file with those of the image as well.
 */
export const trustVariables: Readonly<Record<string, string>> = {
  NODE_EXTRA_CA_CERTS: own,
  ...Object.fromEntries(
    [
      'SSL_CERT_FILE',
      'CURL_CA_BUNDLE',
      'REQUESTS_CA_BUNDLE',
      'GIT_SSL_CAINFO',
      'CARGO_HTTP_CAINFO',
      'AWS_CA_BUNDLE',
    ].map((name) => [name, all]),
  ),
}

/** Where distributions keep the public authorities in one file. */
const ofTheImage = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** Renamed into place, so that no program reads half a file. */
const script = `umask 022 && cd ${directory} && cat > own.new && {
  for file in ${ofTheImage.join(' ')}; do [ -s "$file" ] && cat "$file" && break; done
  cat own.new
} > all.new && mv own.new ${own} && mv all.new ${all}`

/** Writes a certificate to where the variables point. As the container’s own user: it owns the place. */
export async function deliverTrust(
  engine: Pick<Engine, 'exec'>,
  sandbox: string,
  certificate: string,
): Promise<void> {
  const process = await engine.exec(
    sandbox,
    workspaceContainer,
    { command: ['sh', '-c', script], env: {}, workingDirectory: '/' },
    AbortSignal.timeout(deliverWithinMs),
  )
  process.stdout.resume()
  process.stderr.resume()
  process.stdin.on('error', () => {})
  process.stdin.end(certificate)
  if ((await process.exit) !== 0) throw trustNotDelivered(sandbox)
}
