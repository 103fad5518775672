import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createReadStream, globSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EgressConfig, ScanConfig } from '@stuntdouble/sdk/wire'
import { createEgress } from '../../packages/orchestrator/src/egress/egress.ts'
import { noCredentials } from '../../packages/orchestrator/src/egress/testing/credentials.ts'
import { openFakeEngine } from '../../packages/orchestrator/src/engine/fake/fake-engine.ts'
import { Secret } from '../../packages/orchestrator/src/lib/secret.ts'
import { createSecrets } from '../../packages/orchestrator/src/secrets/secrets.ts'
import { createWorkspaces } from '../../packages/orchestrator/src/workspaces/workspaces.ts'
import { repository } from '../lib/images.ts'
import { report } from './report.ts'
import { median } from './statistics.ts'
import { Stopwatch } from './stopwatch.ts'

const plain = 'reading an upload'
const scanned = 'reading and scanning it'
const registered = 50
const goal = 100
const mostBytes = 200 * 1024 ** 2
const largest = 4 * 1024 ** 2

/**
 * How fast an upload is scanned: our own dependencies, which are programs, maps, texts and a few
 * binaries, with 50 registered secrets, beside reading the same tar alone.
 */
export async function benchSecrets(rounds: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  const tar = await upload(directory)
  const watch = new Stopwatch()
  const signal = new AbortController().signal
  const workspaces = openWorkspaces(directory)
  for (let round = 0; round <= rounds; round += 1) {
    // The first brings the file into memory and the scanner up to speed.
    const kept = round === 0 ? new Stopwatch() : watch
    const reading = async () => {
      for await (const _ of createReadStream(tar));
    }
    kept.add(plain, await milliseconds(reading))
    kept.add(scanned, await milliseconds(() => workspaces.check(createReadStream(tar), signal)))
  }
  const { size } = statSync(tar)
  await rm(directory, { recursive: true })
  await report({ bench: 'secrets', samples: watch.samples, yardstick: plain, goals: {} })
  const rate = size / 1e3 / median(watch.samples[scanned] ?? [])
  const verdict = rate >= goal ? 'reached' : 'missed'
  console.log(`${(size / 1e6).toFixed(0)} MB: ${rate.toFixed(0)} MB/s (goal ≥ ${goal}: ${verdict})`)
}

/** Of this thread’s own time: on a busy machine the clock would count the waiting too. */
async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const since = process.threadCpuUsage()
  await work()
  const { user, system } = process.threadCpuUsage(since)
  return (user + system) / 1000
}

function openWorkspaces(directory: string) {
  const secrets = createSecrets({
    known: Array.from({ length: registered }, (_, at) => secretOf(at)),
    config: ScanConfig.parse({}),
    key: randomBytes(32),
    directory,
  })
  // Nothing is unpacked, nothing cloned.
  const engine = openFakeEngine()
  const config = EgressConfig.parse({})
  const egress = createEgress({
    ...{ config, onDecision: () => {}, onTotal: () => {}, onAlarm: () => {} },
    broker: noCredentials,
  })
  const baselines = join(directory, 'baselines')
  return createWorkspaces({ directory, baselines, engine, egress, clock: Date.now, secrets })
}

const secretOf = (at: number) => ({
  name: `secret-${at}`,
  value: new Secret(randomBytes(24).toString('base64')),
})

async function upload(directory: string): Promise<string> {
  const list = join(directory, 'list')
  const tar = join(directory, 'upload.tar')
  await writeFile(list, tree().join('\0'))
  const options = ['--hard-dereference', '--null', `--files-from=${list}`]
  await promisify(execFile)('tar', ['-C', repository, '-cf', tar, ...options])
  return tar
}

function tree(): string[] {
  let total = 0
  return globSync('node_modules/.pnpm/*/node_modules/*/**/*', { cwd: repository }).filter(
    (path) => {
      const stats = statSync(join(repository, path), { throwIfNoEntry: false })
      if (!stats?.isFile() || stats.size > largest) return false
      total += stats.size
      return total <= mostBytes
    },
  )
}
