import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openEngine } from '../lib/container-runtime.ts'
import { listLeftovers } from '../lib/leftovers.ts'
import type { Stuntdouble } from '../lib/stuntdouble.ts'

/** What may not grow while sandboxes come and go, and by how much it may differ all the same. */
export const bounds = {
  descriptors: 8,
  memoryMebibytes: 48,
  mounts: 0,
  containers: 0,
  volumes: 0,
  'directories of sockets': 0,
  'sandboxes that have not ended': 0,
  /** A row, its receipt and its events stay for whoever asks what became of a sandbox. */
  'journal, KiB a cycle': 64,
} as const

export type Measure = keyof typeof bounds
export type Sample = Readonly<Record<Measure, number>>

/** Between two cycles, when nothing is there that was made for one. */
export async function sampleOf(home: Stuntdouble, cycle: number): Promise<Sample> {
  const installation = (await home.installation()) ?? ''
  const pid = (await home.orchestrator())?.pid
  const left = await listLeftovers(installation, await openEngine())
  const countOf = (kind: string) => left.filter((each) => each.kind === kind).length
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const living = await (await home.control()).listSandboxes()
  return {
    descriptors: (await readdir(`/proc/${pid}/fd`)).length,
    memoryMebibytes: Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
    mounts: countOf('mount'),
    containers: countOf('container'),
    volumes: countOf('volume'),
    'directories of sockets': await entriesIn(join(home.root, 'run/stuntdouble', installation)),
    'sandboxes that have not ended': living.length,
    'journal, KiB a cycle': (await journalBytes(home)) / 1024 / Math.max(1, cycle),
  }
}

const entriesIn = async (path: string) => (await readdir(path).catch(() => [])).length

async function journalBytes(home: Stuntdouble): Promise<number> {
  const sizes = ['journal.db', 'journal.db-wal'].map((name) =>
    stat(join(home.root, 'state/stuntdouble', name)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
