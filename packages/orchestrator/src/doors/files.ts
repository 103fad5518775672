import { posix } from 'node:path'
import { Readable } from 'node:stream'
import type { FileEntry } from '@stuntdouble/sdk/wire'
import type { Process } from '../engine/engine.ts'
import { newSecret } from '../lib/ids.ts'
import { collect } from './collect.ts'
import type { Commands } from './commands.ts'
import { cut } from './cut.ts'
import { fileNotFound, fileRefused } from './errors.ts'
import { feed } from './feed.ts'
import { discardScript, readScript, removeScript, writeScript } from './file-scripts.ts'
import { parseListing } from './listing.ts'

/**
 * Files of a sandbox, touched inside it with the agent’s own rights: a path that leads somewhere the
 * agent may not go fails there, whatever links it is made of.
 */
export interface Files {
  /** A directory’s entries, or a file’s bytes. Throws `file_not_found`, `forbidden`. */
  read(file: FileRef, signal: AbortSignal): Promise<FileContent | FileEntry[]>
  /** Replaces the file at once when all bytes are there; makes its directories. Resolves with its size. */
  write(file: FileRef, body: Readable, signal: AbortSignal): Promise<number>
  /** A directory with all it holds. Throws `file_not_found`. */
  remove(file: FileRef, signal: AbortSignal): Promise<void>
}

export interface FileRef {
  readonly sandbox: string
  /** Absolute, inside. */
  readonly path: string
}

export interface FileContent {
  readonly size: number
  /** Read it to the end or destroy it: a process inside waits. Fails where not all of it came. */
  readonly body: Readable
}

const messageLimitBytes = 4096
const discardWithinMs = 10_000
/** Some twenty thousand entries; as JSON it is several times as much. */
const listingLimitBytes = 1024 ** 2

export function createFiles(commands: Commands): Files {
  const start = (
    { sandbox, path, partial }: FileRef & { readonly partial?: string },
    script: string,
    signal: AbortSignal,
  ): Promise<Process> => {
    const command = ['/bin/sh', '-c', script, 'sh', path, ...(partial ? [partial] : [])]
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
    async read(file, signal) {
      const process = await start(file, readScript, signal)
      const { head, rest } = await cut(process.stdout, '\n', messageLimitBytes)
      const { stderr, exit } = process
      if (head?.startsWith('file ')) {
        const settled = settle({ stdout: Readable.from([]), stderr, exit }, file.path)
        settled.catch(() => {})
        const body = Readable.from(endingAs(settled, rest), { objectMode: false })
        return { size: Number(head.slice(5)), body }
      }
      return parseListing(file.path, await settle({ stdout: rest, stderr, exit }, file.path))
    },
    async write(file, body, signal) {
      const partial = posix.join(posix.dirname(file.path), `.upload-${newSecret()}`)
      const process = await start({ ...file, partial }, writeScript, signal)
      const settled = settle(process, file.path)
      settled.catch(() => {})
      try {
        await feed(body, process)
        return Number(await settled)
      } catch (cause) {
        await discard(file.sandbox, partial).catch(() => {})
        throw cause
      }
    },
    async remove(file, signal) {
      const process = await start(file, removeScript, signal)
      await settle(process, file.path)
    },
  }
}

/** Fails at its end where the process did: bytes that were cut short are not passed for whole. */
async function* endingAs(settled: Promise<unknown>, bytes: Readable): AsyncGenerator<Buffer> {
  yield* bytes
  await settled
}

const lastWords = (complaint: string) =>
  complaint.trim().split('\n').at(-1)?.split(': ').at(-1)?.toLowerCase() ||
  'the file system refuses'
