import { posix } from 'node:path'
import { Readable } from 'node:stream'
import type { FileEntry } from '@stuntdouble/sdk/wire'
import type { Process } from '../engine/engine.ts'
import { bounded } from '../lib/bounded.ts'
import { newSecret } from '../lib/ids.ts'
import { type Registered, withoutRegistered } from '../secrets/secrets.ts'
import { collect } from './collect.ts'
import type { Commands } from './commands.ts'
import { cut } from './cut.ts'
import { fileNotFound, fileRefused, fileTooLarge } from './errors.ts'
import { feed } from './feed.ts'
import { discardScript, readScript, removeScript, writeScript } from './file-scripts.ts'
import { parseListing } from './listing.ts'
import { type BytesWanted, type FileContent, partOf, wholeFile } from './reading.ts'
import { createStall } from './stall.ts'

/**
 * Files of a sandbox, touched inside it with the agent’s own rights: a path that leads somewhere the
 * agent may not go fails there, whatever links it is made of.
 */
export interface Files {
  /**
   * A directory’s entries, or a file’s bytes: as many as it had when it was opened, or fewer where it
   * shrank to what is held here at once. Throws `file_not_found`, `forbidden`, `timed_out` where the
   * process inside is held up. With `wanted`, a file’s part; throws `range_not_satisfiable` where it has
   * none of it.
   */
  read(
    file: FileRef & { readonly wanted?: BytesWanted },
    signal: AbortSignal,
  ): Promise<FileContent | FileEntry[]>
  /** Replaces the file at once when all bytes are there, 4 GiB at most; makes its directories. Resolves with its size. Throws `secret_found` where a registered secret is among them. */
  write(file: FileRef, body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<number>
  /** A directory with all it holds. Throws `file_not_found`. */
  remove(file: FileRef, signal: AbortSignal): Promise<void>
}

export interface FileRef {
  readonly sandbox: string
  /** Absolute, inside. */
  readonly path: string
}

const messageLimitBytes = 4096
const discardWithinMs = 10_000
/** A tree that grows as fast as it goes is never gone. */
const removeWithinMs = 60_000
const fileLimitBytes = 4 * 1024 ** 3
/** Some twenty thousand entries; as JSON it is several times as much. */
const listingLimitBytes = 1024 ** 2

export function createFiles(commands: Commands, registered: Registered): Files {
  const start = (
    { sandbox, path, partial, wanted }: Started,
    script: string,
    signal: AbortSignal,
  ): Promise<Process> => {
    const more = partial ? [partial] : wanted ? boundsOf(wanted) : []
    const command = ['/bin/sh', '-c', script, 'sh', path, ...more]
    const stdin = partial ? {} : ({ stdin: 'none' } as const)
    return commands.start(sandbox, { command, cwd: '/', env: {}, ...stdin }, signal)
  }

  async function discard(sandbox: string, path: string): Promise<void> {
    const signal = AbortSignal.timeout(discardWithinMs)
    const process = await start({ sandbox, path }, discardScript, signal)
    await settle(process, path)
  }

  /** Exit 3 says the path is not there; anything else is what the agent’s user would have been told. */
  async function settle(
    process: Pick<Process, 'stdout' | 'stderr' | 'exit'>,
    path: string,
  ): Promise<string> {
    const [output, complaint, exitCode] = await Promise.all([
      collect(process.stdout, listingLimitBytes),
      collect(process.stderr, messageLimitBytes),
      process.exit,
    ])
    if (exitCode === 3) throw fileNotFound(path)
    if (exitCode !== 0) throw fileRefused(path, lastWords(complaint.text))
    if (output.truncated) throw fileRefused(path, 'it holds too many entries to list')
    return output.text
  }

  return {
    async read(file, asked) {
      const stall = createStall(asked, file.path)
      const process = await start(file, readScript, stall.signal)
      const { head, rest } = await stall.awaiting(cut(process.stdout, '\n', messageLimitBytes))
      const { stderr, exit } = process
      const [kind, ...numbers] = head?.split(' ') ?? []
      if (kind !== 'directory' && kind !== undefined) {
        const settled = settle({ stdout: Readable.from([]), stderr, exit }, file.path)
        settled.catch(() => {})
        const reading = { ...file, stall, settled, rest }
        if (kind === 'file') return await wholeFile(reading, Number(numbers[0]))
        return await partOf(reading, kind, numbers.map(Number))
      }
      const listing = settle({ stdout: rest, stderr, exit }, file.path)
      return parseListing(file.path, await stall.awaiting(listing))
    },
    async write(file, body, asked) {
      const stall = createStall(asked, file.path)
      const partial = posix.join(posix.dirname(file.path), `.upload-${newSecret()}`)
      const process = await start({ ...file, partial }, writeScript, stall.signal)
      const settled = settle(process, file.path)
      settled.catch(() => {})
      try {
        const whole = bounded(fileLimitBytes, () => fileTooLarge(file.path))(body)
        await feed(withoutRegistered(registered, file.path, whole), process, stall)
        return Number(await stall.awaiting(settled))
      } catch (cause) {
        await discard(file.sandbox, partial).catch(() => {})
        throw cause
      }
    },
    async remove(file, asked) {
      const stall = createStall(asked, file.path, removeWithinMs)
      const process = await start(file, removeScript, stall.signal)
      await stall.awaiting(settle(process, file.path))
    },
  }
}

interface Started extends FileRef {
  readonly partial?: string
  readonly wanted?: BytesWanted
}

const boundsOf = (wanted: BytesWanted) =>
  'lastBytes' in wanted
    ? ['', String(wanted.lastBytes)]
    : [String(wanted.first), String(wanted.last ?? '')]

const lastWords = (complaint: string) =>
  complaint.trim().split('\n').at(-1)?.split(': ').at(-1)?.toLowerCase() ||
  'the file system refuses'
