import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, posix, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Files } from '@stuntdouble/sdk'
import { isRepositoryName } from '@stuntdouble/sdk/repository-names'
import type { Copied, CopyRequest } from './copy.ts'
import { endless, hostileName, notThere, tooLarge } from './errors.ts'
import { place } from './place.ts'
import { Tally } from './tally.ts'

const limits = { depth: 64, files: 100_000, bytes: 4 * 1024 ** 3 } as const

/**
 * Copies out of a sandbox. What it says of itself is not trusted: a name must be a name, links are
 * never followed or made, and it may not go on for ever. All of it is brought beside its place first;
 * when anything is refused, nothing of it stays.
 */
export async function copyOut({ files, cwd, from, to }: CopyRequest): Promise<Copied> {
  const source = posix.resolve('/workspace', from)
  const type = await files.type(source)
  if (!type) throw notThere(from)
  const wanted = resolve(cwd, to)
  const isDirectory = await stat(wanted).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  const target = isDirectory || to.endsWith('/') ? join(wanted, basename(source)) : wanted
  await mkdir(dirname(target), { recursive: true })
  const staging = await mkdtemp(join(dirname(target), '.stuntdouble-cp-'))
  try {
    const run = { files, tally: new Tally() }
    const staged = join(staging, 'copy')
    if (type === 'file') await fileOut(run, source, staged)
    else await directoryOut(run, { source, target: staged, depth: 0 })
    await place(staged, target)
    return run.tally.copied
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

interface Run {
  readonly files: Files
  readonly tally: Tally
}

interface Place {
  readonly source: string
  readonly target: string
  readonly depth: number
}

async function directoryOut(run: Run, { source, target, depth }: Place): Promise<void> {
  if (depth > limits.depth) throw endless(limits.files)
  await mkdir(target)
  const taken = new Set<string>()
  for (const { name, type } of await run.files.list(source)) {
    if (!isName(name)) throw hostileName()
    const from = posix.join(source, name)
    const next = { source: from, target: join(target, name), depth: depth + 1 }
    const why = reasonToSkip({ name, type }, taken)
    if (why) run.tally.skip(from, why)
    else if (type === 'directory') await directoryOut(run, next)
    else await fileOut(run, from, next.target)
  }
}

interface Named {
  readonly name: string
  readonly type: string
}

function reasonToSkip({ name, type }: Named, taken: Set<string>): string | undefined {
  // Its configuration and hooks name programs, which git would run here.
  if (isRepositoryName(name)) return 'a repository from a sandbox may run programs here'
  if (type === 'symlink') return 'a link'
  if (type !== 'file' && type !== 'directory') return 'not a file'
  // To some file systems both are one, and the later would be written into the earlier.
  const folded = name.normalize('NFC').toLowerCase()
  if (taken.has(folded)) return 'its name differs from another’s in case alone'
  taken.add(folded)
  return undefined
}

const isName = (name: string) =>
  name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)

async function fileOut({ files, tally }: Run, source: string, target: string): Promise<void> {
  if (tally.copied.files >= limits.files) throw endless(limits.files)
  const room = limits.bytes - tally.copied.bytes
  const sink = createWriteStream(target, { flags: 'wx' })
  const content = await files.readStream(source)
  const bytes = Readable.fromWeb(content as Parameters<typeof Readable.fromWeb>[0])
  await pipeline(bytes, upTo(room), sink)
  tally.add(sink.bytesWritten)
}

/** What it said of its size is not asked. */
function upTo(room: number) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > room) throw tooLarge()
      yield chunk
    }
  }
}
