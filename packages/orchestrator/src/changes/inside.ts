import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { neverCopied } from '@stuntdouble/sdk/secret-names'
import { type Commands, createStall, patiently, workspacePath } from '../doors/doors.ts'
import type { Process } from '../engine/engine.ts'
import { bounded } from '../lib/bounded.ts'
import { notComparable, tooMuchToCompare } from './errors.ts'
import type { RawPath } from './tree-entries.ts'

/**
 * The workspace as it is now, read inside by the agent’s own user: whatever links it is made of, they
 * lead no further than the agent. All of it is the agent’s word.
 */
export interface Inside {
  list(signal: AbortSignal): Promise<readonly Listed[]>
  /** A tar of these files. What vanished, changed or cannot be read is not in it. */
  archive(paths: readonly RawPath[], signal: AbortSignal): Promise<Readable>
}

export interface Listed {
  readonly path: RawPath
  /** `pruned` is a directory that is not looked into. */
  readonly type: 'file' | 'link' | 'pruned' | 'other'
}

const listingLimitBytes = 64 * 1024 ** 2
const types: Readonly<Record<string, Listed['type']>> = { f: 'file', l: 'link', x: 'pruned' }

/** Directories of a name in `keep`, in small letters, are looked into although their kind is usually made again inside. */
export function lookInside(
  commands: Pick<Commands, 'start'>,
  sandbox: string,
  keep: ReadonlySet<string>,
): Inside {
  const pruned = neverCopied.filter((name) => name === '.git' || !keep.has(name))
  const start = (command: readonly string[], stdin: object, signal: AbortSignal) =>
    commands.start(
      sandbox,
      { command: [...command], cwd: workspacePath, env: { LC_ALL: 'C' }, ...stdin },
      signal,
    )

  return {
    async list(signal) {
      const stall = createStall(signal, workspacePath)
      const process = await start(findCommand(pruned), { stdin: 'none' }, stall.signal)
      process.stderr.resume()
      const bytes = await collected(process, patiently(process.stdout, stall))
      signal.throwIfAborted()
      return bytes.toString('latin1').split('\0').filter(Boolean).map(listedOf)
    },
    async archive(paths, signal) {
      const stall = createStall(signal, workspacePath)
      const process = await start(tarCommand, {}, stall.signal)
      process.stderr.resume()
      const names = Readable.from(paths.map((path) => Buffer.from(`./${path}\0`, 'latin1')))
      // A tar that stops reading its list stops writing its archive, which is told there.
      pipeline(names, process.stdin, { signal }).catch(() => {})
      return Readable.from(patiently(process.stdout, stall), { objectMode: false })
    },
  }
}

/** Not beyond the volume: trees of files that are mounted below are not the agent’s work. */
const findCommand = (pruned: readonly string[]) => [
  ...['find', '.', '-xdev', '-mindepth', '1', '-type', 'd', '('],
  ...pruned.flatMap((name, index) => [...(index > 0 ? ['-o'] : []), '-iname', name]),
  ...[')', '-prune', '-printf', 'x%P\\0', '-o', '!', '-type', 'd', '-printf', '%y%P\\0'],
]

const tarCommand = [
  ...['tar', '--create', '--file=-', '--format=gnu', '--no-recursion', '--hard-dereference'],
  ...['--null', '--verbatim-files-from', '--files-from=-'],
]

const listedOf = (record: string): Listed => ({
  type: types[record.slice(0, 1)] ?? 'other',
  path: record.slice(1),
})

/** `find` fails at directories that it may not open, and shows the rest. */
async function collected(process: Process, output: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  const tooLong = () => tooMuchToCompare('can be listed')
  try {
    for await (const chunk of bounded(listingLimitBytes, tooLong)(output)) {
      chunks.push(chunk)
    }
  } catch (cause) {
    await process.kill().catch(() => {})
    throw cause
  }
  if ((await process.exit) > 1) throw notComparable()
  return Buffer.concat(chunks)
}
