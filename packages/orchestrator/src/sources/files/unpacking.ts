import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import type { Process } from '../../engine/engine.ts'
import { fileNames } from '../../masking/masking.ts'
import type { Entry, EntryPart, Exec } from '../entries.ts'
import { dataDirectory } from './containers.ts'
import { copyFailed, unfitName } from './errors.ts'
import { program } from './walk.ts'

const command = [
  ...['tar', '--extract', '--no-same-owner', '--no-same-permissions'],
  ...['--file=-', `--directory=${dataDirectory}`],
]
/** The same in every copy. */
const modifiedAt = new Date(0)
const longestName = 255

/** Files on their way into the staging directory, one after another, in one archive that `tar` unpacks there. */
export class Unpacking {
  readonly #process: Process
  readonly #archive = pack()
  readonly #piped: Promise<void>
  #failed = false
  #open: { readonly sink: Sink; left: number; readonly closed: Promise<void> } | undefined

  private constructor(process: Process) {
    this.#process = process
    process.stdout.resume()
    process.stderr.resume()
    this.#piped = pipeline(this.#archive as unknown as Readable, process.stdin)
    this.#piped.catch(() => {
      this.#failed = true
      this.#open?.sink.destroy()
    })
  }

  static async start(exec: Exec, signal: AbortSignal): Promise<Unpacking> {
    return new Unpacking(await exec(command, signal))
  }

  /** Adds to a file that is begun by its first parts. Resolves when they are on their way. */
  async write(entry: Entry, parts: readonly EntryPart[]): Promise<void> {
    this.#open ??= this.#begin(entry)
    for (const { value } of parts) {
      await pushed(this.#open.sink, value)
      this.#open.left -= value.length
      if (this.#failed) return await this.#explain()
    }
    if (this.#open.left > 0) return
    const { sink, closed } = this.#open
    this.#open = undefined
    sink.end()
    await closed
    if (this.#failed) await this.#explain()
  }

  /** Resolves when everything is where it should be. */
  async end(): Promise<void> {
    this.#archive.finalize()
    await this.#piped.catch(() => {})
    await this.#explain()
  }

  #begin({ name, type, sizeBytes }: Entry) {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const header = {
      ...{ name: pathOf(name), size: sizeBytes, mtime: modifiedAt, type: 'file' as const },
      mode: type === program ? 0o755 : 0o644,
    }
    const sink = this.#archive.entry(header, () => resolve()) as unknown as Sink
    sink.on('close', resolve)
    sink.on('error', () => {})
    return { sink, left: sizeBytes, closed }
  }

  async #explain(): Promise<void> {
    const exitCode = await this.#process.exit
    if (exitCode !== 0 || this.#failed) throw copyFailed('being written', exitCode)
  }
}

interface Sink extends NodeJS.EventEmitter {
  write(chunk: Buffer): boolean
  end(): void
  destroy(): void
}

function pushed(sink: Sink, chunk: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (chunk.length === 0 || sink.write(chunk)) return Promise.resolve()
  const settle = () => {
    sink.off('drain', settle)
    sink.off('close', settle)
    resolve()
  }
  sink.on('drain', settle)
  sink.on('close', settle)
  return promise
}

/** A masked path, held to be one below its directory: whatever a mask makes of a name, it leads nowhere else. */
export function pathOf(name: Buffer): string {
  const path = name.toString('utf8')
  if (path.includes('\0') || path.split('/').some((segment) => !isName(segment)))
    throw unfitName(fileNames.shapeOf(name))
  return `./${path}`
}

const isName = (segment: string) =>
  segment !== '' && segment !== '.' && segment !== '..' && Buffer.byteLength(segment) <= longestName
