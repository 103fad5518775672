import { pipeline } from 'node:stream/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { extract } from 'tar-stream'
import type { Process } from '../../engine/engine.ts'
import type { LeakCheck } from './leaks.ts'

export interface Files {
  readonly directory: string
  /** Beginning of the paths below it that hold what every fresh cluster holds. */
  readonly pristine: string
  exec(command: readonly string[], signal: AbortSignal): Promise<Process>
}

/** `tar` says 1 when a file changed while it read: the server is up, and may well have written. */
const read = new Set([0, 1])

/**
 * Reads every file of a cluster as it lies on disk (heap, indexes, TOAST, WAL) and looks for masked
 * values in it. Pristine files come first, so that what they hold is known when it is met elsewhere.
 */
export async function searchFiles(
  files: Files,
  leaks: LeakCheck,
  signal: AbortSignal,
): Promise<void> {
  const { directory, pristine } = files
  const command = ['tar', '-C', directory, '-cf', '-']
  await searchArchive(await files.exec([...command, pristine], signal), (path) =>
    leaks.searchFile(path, true),
  )
  await searchArchive(
    await files.exec([...command, `--exclude=./${pristine}`, '.'], signal),
    (path) => leaks.searchFile(path, false),
  )
}

type Open = (path: string) => ReturnType<LeakCheck['searchFile']>

async function searchArchive(process: Process, open: Open): Promise<void> {
  process.stdin.end()
  process.stderr.resume()
  const archive = extract()
  const piped = pipeline(process.stdout, archive)
  const searched = (async () => {
    for await (const entry of archive) {
      const tap = open(entry.header.name)
      for await (const chunk of entry) tap.push(chunk as Buffer)
      tap.end()
    }
  })()
  const [exitCode] = await Promise.all([process.exit, piped, searched])
  if (!read.has(exitCode)) throw unreadable(exitCode)
}

const unreadable = (exitCode: number) =>
  new SandboxError(
    'snapshot_failed',
    `The copy's files could not be read for the leak check (exit code ${exitCode}).`,
    {
      hint: 'The image that runs the copy must have `tar`; leave `image:` out of the source to use ours.',
    },
  )
