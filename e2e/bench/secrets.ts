import { randomBytes } from 'node:crypto'
import { createReadStream, globSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ScanConfig } from '@stuntdouble/sdk/wire'
import { Secret } from '../../packages/orchestrator/src/lib/secret.ts'
import { createSecrets } from '../../packages/orchestrator/src/secrets/secrets.ts'
import { repository } from '../lib/images.ts'
import { report } from './report.ts'
import { median } from './statistics.ts'
import { Stopwatch } from './stopwatch.ts'

const plain = 'reading the same files'
const scanned = 'reading and scanning them'
const registered = 50
const goal = 100
const mostBytes = 200 * 1024 ** 2
const largest = 4 * 1024 ** 2

/** How fast a tree of real source files is scanned, beside reading it alone, with 50 registered secrets. */
export async function benchSecrets(rounds: number): Promise<void> {
  const files = tree()
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  const secrets = createSecrets({
    known: Array.from({ length: registered }, (_, at) => secretOf(at)),
    config: ScanConfig.parse({}),
    key: randomBytes(32),
    directory,
  })
  const watch = new Stopwatch()
  for (let round = 0; round <= rounds; round += 1) {
    // The first brings the files into memory and the scanner up to speed.
    const kept = round === 0 ? new Stopwatch() : watch
    await kept.time(plain, () => readAll(files))
    await kept.time(scanned, async () => {
      await using scan = await secrets.scan(new AbortController().signal)
      for (const { path } of files) await scan.content(path, createReadStream(path))
      await scan.finish()
    })
  }
  await rm(directory, { recursive: true })
  await report({ bench: 'secrets', samples: watch.samples, yardstick: plain, goals: {} })
  const rate = bytes / 1e3 / median(watch.samples[scanned] ?? [])
  console.log(
    `${files.length} files, ${(bytes / 1e6).toFixed(0)} MB: ${rate.toFixed(0)} MB/s ` +
      `(goal ≥ ${goal} MB/s: ${rate >= goal ? 'reached' : 'missed'})`,
  )
}

const secretOf = (at: number) => ({
  name: `secret-${at}`,
  value: new Secret(randomBytes(24).toString('base64')),
})

/** What our dependencies consist of: programs, maps, text, a few binaries. */
function tree() {
  const all = globSync('node_modules/.pnpm/*/node_modules/*/**/*', { cwd: repository })
    .map((path) => join(repository, path))
    .map((path) => ({ path, stats: statSync(path, { throwIfNoEntry: false }) }))
    .filter(({ stats }) => stats?.isFile() && stats.size <= largest)
    .map(({ path, stats }) => ({ path, size: stats?.size ?? 0 }))
  let total = 0
  return all.filter(({ size }) => {
    total += size
    return total <= mostBytes
  })
}

async function readAll(files: readonly { readonly path: string }[]): Promise<void> {
  for (const { path } of files) for await (const _ of createReadStream(path));
}
