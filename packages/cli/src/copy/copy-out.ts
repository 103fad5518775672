import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { basename, join, posix, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Files } from '@stuntdouble/sdk'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Copied, CopyRequest } from './copy.ts'
import { Tally } from './tally.ts'

const deepest = 64
const most = 100_000

/**
 * Copies out of a sandbox. What it says of itself is not trusted: a name must be a name, links are
 * never followed or made, and it may not go on for ever.
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
  const run = { files, tally: new Tally() }
  if (type === 'file') await fileOut(run, source, target)
  else await directoryOut(run, { source, target, depth: 0 })
  return run.tally.copied
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
  if (depth > deepest) throw endless()
  await mkdir(target, { recursive: true })
  for (const { name, type } of await run.files.list(source)) {
    if (!isName(name)) throw hostileName()
    const from = posix.join(source, name)
    const next = { source: from, target: join(target, name), depth: depth + 1 }
    const why = reasonToSkip(name, type)
    if (why) run.tally.skip(from, why)
    else if (type === 'directory') await directoryOut(run, next)
    else await fileOut(run, from, next.target)
  }
}

function reasonToSkip(name: string, type: string): string | undefined {
  // Its configuration and hooks name programs, which git would run here.
  if (name.toLowerCase() === '.git') return 'a repository from a sandbox may run programs here'
  if (type === 'symlink') return 'a link'
  return type === 'file' || type === 'directory' ? undefined : 'not a file'
}

const isName = (name: string) =>
  name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)

async function fileOut({ files, tally }: Run, source: string, target: string): Promise<void> {
  if (tally.copied.files >= most) throw endless()
  const sink = createWriteStream(target)
  const content = await files.readStream(source)
  await pipeline(Readable.fromWeb(content as Parameters<typeof Readable.fromWeb>[0]), sink)
  tally.add(sink.bytesWritten)
}

const notThere = (path: string) =>
  new SandboxError('file_not_found', `There is no ${path} in the sandbox.`, {
    hint: 'A relative path is one in /workspace.',
  })

const hostileName = () =>
  new SandboxError(
    'policy_refused',
    'The sandbox names a file in a way that leads out of its directory.',
    {
      hint: 'Do not copy from it; look at it with `sandbox exec` instead.',
    },
  )

const endless = () =>
  new SandboxError('policy_refused', `It holds more than ${most} files, or is nested too deeply.`, {
    hint: 'Pack it inside with tar, and copy the archive.',
  })
