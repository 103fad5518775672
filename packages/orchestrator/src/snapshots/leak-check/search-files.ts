import { pipeline } from 'node:stream/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { extract } from 'tar-stream'
import type { Process } from '../../engine/engine.ts'
import { inOrder } from '../in-order.ts'
import { fileBlocks } from './file-blocks.ts'
import type { SearchedFile } from './leaks.ts'
import type { Searching } from './search-copy.ts'

export interface Files {
  readonly directory: string
  /** Beginning of the paths below it that hold what every fresh cluster holds. */
  readonly pristine?: string
  /** What a file is called in messages; its path below the directory when left out. */
  nameOf?(path: string): string
  exec(command: readonly string[], signal: AbortSignal): Promise<Process>
}

/** `tar` says 1 when a file changed while it read: the server is up, and may well have written. */
const whole = new Set([0, 1])

/**
 * Reads every file of a cluster as it lies on disk (heap, indexes, TOAST, WAL) and looks for masked
 * values in it. Pristine files come first, so that what they hold is known when it is met elsewhere.
 */
export async function searchFiles(
  files: Files,
  searching: Pick<Searching, 'leaks' | 'threads'>,
  signal: AbortSignal,
): Promise<void> {
  const { directory, pristine, nameOf = (path: string) => path } = files
  const command = ['tar', '-C', directory, '-cf', '-']
  const search =
    (isPristine: boolean): OnFile =>
    (path, content) =>
      searchFile(searching, { path: nameOf(path), isPristine }, content)
  if (pristine !== undefined)
    await readArchive(await files.exec([...command, pristine], signal), search(true))
  const exclude = pristine === undefined ? [] : [`--exclude=./${pristine}`]
  const others = [...command, ...exclude, '.']
  await readArchive(await files.exec(others, signal), search(false))
}

async function searchFile(
  { leaks, threads }: Pick<Searching, 'leaks' | 'threads'>,
  file: SearchedFile,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const values = leaks.shared
  const found = inOrder(fileBlocks(content, threads.memory), async ({ bytes, limit }) => {
    const searched = Math.min(limit, bytes.length)
    const entries = await threads.ask({ do: 'search bytes', bytes, limit, values })
    return { entries, bytes: searched }
  })
  for await (const seen of found) leaks.sawInFile(file, seen)
}

type OnFile = (path: string, content: AsyncIterable<Buffer>) => Promise<void>

/** The command reads no input; ending it early is known to cost the engine's streams their last bytes. */
async function readArchive(process: Process, onFile: OnFile): Promise<void> {
  process.stderr.resume()
  const archive = extract()
  const end = new ArchiveEnd()
  const searched = async () => {
    for await (const entry of archive) {
      await onFile(entry.header.name.replace(/^\.\//, ''), entry as AsyncIterable<Buffer>)
    }
  }
  const [piped, done] = await Promise.allSettled([
    pipeline(process.stdout, (chunks) => end.watch(chunks), archive),
    searched(),
  ])
  const exitCode = await process.exit
  const isWhole = piped.status === 'fulfilled' && done.status === 'fulfilled' && end.isThere
  if (!isWhole || !whole.has(exitCode)) throw unreadable(exitCode)
}

const endBytes = 1024

/** An archive ends in two blocks of zeros. What was cut off between two files would look whole without. */
class ArchiveEnd {
  #last = Buffer.alloc(0)

  async *watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#last = Buffer.concat([this.#last, chunk.subarray(-endBytes)]).subarray(-endBytes)
      yield chunk
    }
  }

  get isThere(): boolean {
    return this.#last.length === endBytes && this.#last.every((byte) => byte === 0)
  }
}

const unreadable = (exitCode: number) =>
  new SandboxError(
    'snapshot_failed',
    `The copy's files could not be read for the leak check (exit code ${exitCode}).`,
    {
      hint: 'Build again. The image that runs the copy must have `tar`; without `image:` the source uses ours.',
    },
  )
