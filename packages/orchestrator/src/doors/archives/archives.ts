import { posix } from 'node:path'
import { Readable } from 'node:stream'
import type { ArchiveFormat } from '@stuntdouble/sdk/wire'
import type { Process } from '../../engine/engine.ts'
import { bounded } from '../../lib/bounded.ts'
import { newSecret } from '../../lib/ids.ts'
import type { Registered } from '../../secrets/secrets.ts'
import { beginningOf } from '../beginning-of.ts'
import { collect } from '../collect.ts'
import type { Commands } from '../commands.ts'
import { cut } from '../cut.ts'
import { fileNotFound, fileRefused } from '../errors.ts'
import { feed } from '../feed.ts'
import type { FileRef } from '../files.ts'
import { createStall, patiently, type Stall } from '../stall.ts'
import { discardTreeScript, packScript, unpackScript } from './archive-scripts.ts'
import { archiveTooLarge } from './errors.ts'
import { type ArchiveLimits, judged } from './judged.ts'

/** Trees of a sandbox, in and out as one archive; inside, with the agent’s own rights. */
export interface Archives {
  /**
   * A directory with all it holds, by names within it, or one file. What is in it is an agent’s.
   * Throws what `Files.read` does; the stream fails where not all of it came, 8 GiB at most.
   */
  pack(file: FileRef, format: ArchiveFormat, signal: AbortSignal): Promise<Readable>
  /**
   * Unpacks a tar, as it is or with gzip, into a directory, which is made; what is there by a name in
   * it is replaced, all else stays. Throws `policy_refused` for an entry that leads out or is no plain
   * file, directory or link, `secret_found`, `workspace_too_large`, `usage` for what is no archive;
   * then nothing of it was put in place.
   */
  unpack(file: FileRef, body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Unpacked>
}

export interface Unpacked {
  readonly entries: number
  /** Of file contents. */
  readonly bytes: number
}

const limits: ArchiveLimits = { entries: 100_000, bytes: 4 * 1024 ** 3 }
const longestPackedBytes = 8 * 1024 ** 3
const messageLimitBytes = 4096
/** What is read before anything is answered: what fails by then is told as what it is. */
const heldBytes = 64 * 1024
/** To put a hundred thousand names in place. */
const unpackWithinMs = 60_000
const discardWithinMs = 20_000

export function createArchives(
  commands: Pick<Commands, 'start'>,
  registered: Registered,
): Archives {
  function start({ file, script, more, signal }: Start): Promise<Process> {
    const command = ['/bin/sh', '-c', script, 'sh', file.path, ...(more ? [more] : [])]
    const stdin = script === unpackScript ? {} : ({ stdin: 'none' } as const)
    return commands.start(
      file.sandbox,
      { command, cwd: '/', env: { LC_ALL: 'C.UTF-8' }, ...stdin },
      signal,
    )
  }

  async function discard(sandbox: string, path: string): Promise<void> {
    const signal = AbortSignal.timeout(discardWithinMs)
    const process = await start({ file: { sandbox, path }, script: discardTreeScript, signal })
    await settle(process, path)
  }

  return {
    async pack(file, format, asked) {
      const stall = createStall(asked, file.path)
      const { signal } = stall
      const process = await start({ file, script: packScript, more: format, signal })
      const { rest } = await stall.awaiting(cut(process.stdout, '\n', messageLimitBytes))
      const settled = settle({ ...process, stdout: Readable.from([]) }, file.path)
      settled.catch(() => {})
      const whole = bounded(longestPackedBytes, () => archiveTooLarge('8 GiB'))
      const { held, rest: more } = await beginningOf(
        whole(wholeOf(rest, stall, settled)),
        heldBytes,
      )
      return Readable.from(more ?? [held], { objectMode: false })
    },
    async unpack(file, body, asked) {
      const stall = createStall(asked, file.path, unpackWithinMs)
      const partial = posix.join(file.path, `.upload-${newSecret()}`)
      const { signal } = stall
      const process = await start({ file, script: unpackScript, more: partial, signal })
      const settled = settle(process, file.path)
      settled.catch(() => {})
      try {
        const { tar, facts } = judged(body, registered, limits)
        await feed(tar, process, stall)
        await stall.awaiting(settled)
        return { ...facts }
      } catch (cause) {
        await discard(file.sandbox, partial).catch(() => {})
        throw cause
      }
    },
  }
}

interface Start {
  readonly file: FileRef
  readonly script: string
  readonly more?: string
  readonly signal: AbortSignal
}

/** Fails at its end where the process did: an archive that was cut short is not passed for whole. */
async function* wholeOf(rest: Readable, stall: Stall, settled: Promise<void>) {
  yield* patiently(rest, stall)
  await stall.awaiting(settled)
}

/** tar ends with 1 where a file changed as it was read, and with 2 where one could not be read. */
async function settle(
  { stdout, stderr, exit }: Pick<Process, 'stdout' | 'stderr' | 'exit'>,
  path: string,
): Promise<void> {
  const [, complaint, exitCode] = await Promise.all([
    collect(stdout, messageLimitBytes),
    collect(stderr, messageLimitBytes),
    exit,
  ])
  if (exitCode === 3) throw fileNotFound(path)
  if (exitCode === 0 || /file (?:changed as|removed before) we read it\n$/i.test(complaint.text))
    return
  const lines = complaint.text.trim().split('\n')
  const said = lines.find((line) => !/Exiting with failure|not recoverable/.test(line))
  throw fileRefused(path, said?.split(': ').at(-1)?.toLowerCase() || 'the file system refuses')
}
