import { lstat, open, readdir, stat } from 'node:fs/promises'
import { basename, join, posix, resolve } from 'node:path'
import { Readable } from 'node:stream'
import type { Files } from '@stuntdouble/sdk'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Copied, CopyRequest } from './copy.ts'
import { Tally } from './tally.ts'

/** Copies what is here into a sandbox. Links within are left out; the one that was named is followed. */
export async function copyIn({ files, cwd, from, to }: CopyRequest): Promise<Copied> {
  const source = resolve(cwd, from)
  const stats = await stat(source).catch((cause: unknown) => {
    throw notHere(from, cause)
  })
  const within = to.endsWith('/') || (await files.type(to)) === 'directory'
  const target = within ? posix.join(to, basename(source)) : to
  const tally = new Tally()
  if (stats.isDirectory()) await directoryIn({ files, tally }, source, target)
  else await fileIn({ files, tally }, source, target)
  return tally.copied
}

interface Run {
  readonly files: Files
  readonly tally: Tally
}

async function directoryIn(run: Run, source: string, target: string): Promise<void> {
  for (const name of await readdir(source)) {
    const [from, to] = [join(source, name), posix.join(target, name)]
    const stats = await lstat(from)
    if (stats.isDirectory()) await directoryIn(run, from, to)
    else if (stats.isFile()) await fileIn(run, from, to)
    else run.tally.skip(from, stats.isSymbolicLink() ? 'a link' : 'not a file')
  }
}

async function fileIn({ files, tally }: Run, source: string, target: string): Promise<void> {
  await using file = await open(source)
  const content = Readable.toWeb(file.createReadStream({ autoClose: false }))
  const { size } = await files.write(target, content as unknown as ReadableStream)
  tally.add(size)
}

const notHere = (path: string, cause: unknown) =>
  new SandboxError('file_not_found', `There is no ${path} here.`, {
    hint: 'Paths on this side are relative to the working directory.',
    cause,
  })
