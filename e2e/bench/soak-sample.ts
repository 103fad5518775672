import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { openEngine } from '../lib/container-runtime.ts'
import { listLeftovers } from '../lib/leftovers.ts'
import type { Stuntdouble } from '../lib/stuntdouble.ts'
import { journalRows } from './journal-rows.ts'
import type { OrchestratorHeap } from './orchestrator-heap.ts'

export interface Bound {
  /** By how much it may grow from the beginning to the end, or with every cycle. */
  readonly most: number
  readonly each?: 'cycle'
}

const measures = {
  descriptors: { most: 8 },
  threads: { most: 2 },
  'processes below it': { most: 0 },
  'live objects, MiB': { most: 4 },
  /** Within an hour V8 still finds functions worth compiling; the size of the program is its bound. */
  'compiled code, MiB': { most: 8 },
  'resident memory, MiB': { most: 64 },
  mounts: { most: 0 },
  containers: { most: 0 },
  volumes: { most: 0 },
  networks: { most: 0 },
  'loop devices': { most: 0 },
  'directories of sockets': { most: 0 },
  'sandboxes that have not ended': { most: 0 },
  'clone pool, MiB': { most: 16 },
  'files of its state': { most: 0 },
  /** A row, its receipt and its events stay for whoever asks what became of a sandbox, as long as `retention` says. */
  'state, KiB': { most: 64, each: 'cycle' },
  /** What is not in the journal's own file yet: it fills up to a thousand pages, and is written over. */
  'journal ahead, MiB': { most: 8 },
  rows: { most: 40, each: 'cycle' },
} as const satisfies Readonly<Record<string, Bound>>

export type Measure = keyof typeof measures
/** What may not grow while sandboxes come and go, and by how much it may differ all the same. */
export const bounds: Readonly<Record<Measure, Bound>> = measures
export type Sample = Readonly<Record<Measure, number>> & { readonly cycle: number }

export interface Sampled {
  readonly home: Stuntdouble
  readonly pid: number
  readonly heap: OrchestratorHeap
}

/** Between two cycles, when nothing is there that was made for one. */
export async function sampleOf({ home, pid, heap }: Sampled, cycle: number): Promise<Sample> {
  const installation = (await home.installation()) ?? ''
  const left = await listLeftovers(installation, await openEngine())
  const countOf = (kind: string) => left.filter((each) => each.kind === kind).length
  const living = await (await home.control()).listSandboxes()
  const state = join(home.root, 'state/stuntdouble')
  const files = await filesIn(state)
  const { size: ahead } = await stat(join(state, 'journal.db-wal'))
  const rows = await journalRows(state)
  const live = await heap.live()
  return {
    cycle,
    ...(await processOf(pid)),
    'live objects, MiB': live.objects / 2 ** 20,
    'compiled code, MiB': live.code / 2 ** 20,
    mounts: countOf('mount'),
    containers: countOf('container'),
    volumes: countOf('volume'),
    networks: countOf('network'),
    'loop devices': countOf('loop device'),
    'directories of sockets': await entriesIn(join(home.root, 'run/stuntdouble', installation)),
    'sandboxes that have not ended': living.length,
    'clone pool, MiB': (await poolBytes(installation)) / 2 ** 20,
    'files of its state': files.length,
    'state, KiB': (sumOf(files) - ahead) / 1024,
    'journal ahead, MiB': ahead / 2 ** 20,
    rows: sumOf(Object.values(rows)),
  }
}

async function processOf(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return {
    descriptors: await entriesIn(`/proc/${pid}/fd`),
    threads: await entriesIn(`/proc/${pid}/task`),
    'processes below it': children.split(' ').filter(Boolean).length,
    'resident memory, MiB': Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024,
  }
}

const entriesIn = async (path: string) => (await readdir(path).catch(() => [])).length

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)

/** Sizes of all files below. */
async function filesIn(directory: string): Promise<readonly number[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile())
  return Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size))
}

/** What its file system says is used. */
async function poolBytes(installation: string): Promise<number> {
  const table = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  const pool = table.find(
    ([, point = '', type]) =>
      type === 'xfs' && point.includes(`/volumes/stuntdouble.${installation}`),
  )
  if (pool?.[1] === undefined) return 0
  const { blocks, bfree, bsize } = await statfs(pool[1])
  return (blocks - bfree) * bsize
}
