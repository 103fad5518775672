import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecretsReport } from '@stuntdouble/sdk/wire'
import { type ArchiveEntry, entriesOf } from './archives.ts'
import { scanTooLong } from './errors.ts'
import { Findings } from './findings.ts'
import { isForbiddenName } from './forbidden-names.ts'
import { GitStores } from './git-store.ts'
import { KeptArchive } from './kept-archive.ts'
import { type Looker, lookForRegistered, lookThrough } from './look.ts'
import type { Registered } from './registered.ts'
import { scanHistory } from './scan-history.ts'

/**
 * One look at everything that is about to enter a sandbox. What cannot be looked at, because it is too
 * large, closed or broken, is a finding like any other: nothing is passed over in silence.
 */
export interface Scan extends AsyncDisposable {
  /** Of a file: by it alone some may not enter. */
  name(path: string, file?: string): void
  /** Reads the content to its end. Archives are opened, one level deep. */
  content(path: string, content: AsyncIterable<Buffer>): Promise<void>
  /** The same, looking for registered secrets alone. */
  registered(path: string, content: AsyncIterable<Buffer>): Promise<void>
  /** Once everything was given: looks into the histories that were among it. */
  finish(): Promise<SecretsReport>
}

export interface ScanParts {
  readonly registered: Registered
  readonly key: Buffer
  readonly accept: readonly string[]
  readonly timeoutMs: number
  /** For what must be on disk meanwhile; removed at the end. */
  readonly directory: string
}

/** An archive that is to be opened is held in memory. */
const archiveBytes = 128 * 1024 ** 2
/** Of all that comes out of archives and histories in one scan. */
const expandedBytes = 4 * 1024 ** 3
const expandedEntries = 1_000_000

export async function openScan(parts: ScanParts, signal: AbortSignal): Promise<Scan> {
  await mkdir(parts.directory, { recursive: true, mode: 0o700 })
  return new OneScan(parts, await mkdtemp(join(parts.directory, 'scan-')), signal)
}

class OneScan implements Scan {
  readonly #parts: ScanParts
  readonly #directory: string
  readonly #asked: AbortSignal
  readonly #looker: Looker
  readonly #late = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #stores: GitStores
  readonly #counted = { files: 0, bytes: 0 }
  readonly #expanded = { entries: 0, bytes: 0 }

  constructor(parts: ScanParts, directory: string, signal: AbortSignal) {
    this.#parts = parts
    this.#directory = directory
    this.#asked = signal
    this.#stores = new GitStores(directory)
    // A timeout’s own signal may be collected as garbage where nobody listens to it.
    this.#timer = setTimeout(() => this.#late.abort(), parts.timeoutMs).unref()
    this.#looker = {
      registered: parts.registered,
      findings: new Findings(parts.key, parts.accept),
      signal: AbortSignal.any([signal, this.#late.signal]),
    }
  }

  name(path: string, file = path): void {
    if (isForbiddenName(path)) this.#find(file, forbiddenName)
  }

  async content(path: string, content: AsyncIterable<Buffer>): Promise<void> {
    this.#counted.files += 1
    await this.#inTime(async () => {
      const counted = this.#count(content)
      if (!(await this.#stores.take(path, counted))) await this.#file(path, counted)
    })
  }

  async registered(path: string, content: AsyncIterable<Buffer>): Promise<void> {
    this.#counted.files += 1
    await this.#inTime(() => lookForRegistered(this.#looker, path, this.#count(content)))
  }

  async finish(): Promise<SecretsReport> {
    const { findings, signal } = this.#looker
    for (const store of this.#stores.all) {
      await this.#inTime(async () => {
        await scanHistory(store, {
          findings,
          name: isForbiddenName,
          content: (file, content) => this.#file(file, this.#bounded(content)),
        })
        signal.throwIfAborted()
      })
    }
    const { all, accepted } = findings
    return { clean: all.length === 0, findings: all, accepted, ...this.#counted }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    await rm(this.#directory, { recursive: true, force: true })
  }

  async #file(path: string, content: AsyncIterable<Buffer>): Promise<void> {
    const archive = new KeptArchive(archiveBytes)
    await lookThrough(this.#looker, path, archive.through(content))
    if (archive.kind === undefined) return
    if (archive.kind === 'closed') return this.#find(path, 'an archive that cannot be opened')
    const { bytes } = archive
    if (bytes === undefined) return this.#find(path, 'an archive too large to be opened')
    try {
      for await (const entry of entriesOf(archive.kind, bytes)) {
        await this.#inner(path, { ...entry, content: this.#bounded(entry.content) })
      }
    } catch (cause) {
      this.#looker.signal.throwIfAborted()
      this.#find(
        path,
        cause instanceof TooMuch ? cause.message : 'an archive that cannot be opened',
      )
    }
  }

  /** In an archive. One within it is not opened. */
  async #inner(outer: string, { name, content }: ArchiveEntry): Promise<void> {
    const path = `${outer} » ${name || 'content'}`
    if (isForbiddenName(name || '.')) this.#find(path, forbiddenName)
    if (await this.#stores.take(path, content)) return
    const archive = new KeptArchive(0)
    await lookThrough(this.#looker, path, archive.through(content))
    if (archive.kind) this.#find(path, 'an archive within an archive, which is not opened')
  }

  #find(file: string, what: string): void {
    this.#looker.findings.add({ file, line: null, what, text: what })
  }

  async *#count(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      this.#counted.bytes += chunk.length
      yield chunk
    }
  }

  async *#bounded(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const counted = this.#expanded
    counted.entries += 1
    for await (const chunk of content) {
      counted.bytes += chunk.length
      if (counted.bytes > expandedBytes || counted.entries > expandedEntries) throw new TooMuch()
      yield chunk
    }
  }

  async #inTime(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      this.#asked.throwIfAborted()
      throw this.#late.signal.aborted ? scanTooLong(this.#parts.timeoutMs) : cause
    }
  }
}

const forbiddenName = 'a file of this name holds secrets'

class TooMuch extends Error {
  constructor() {
    super('more comes out of it than can be looked at')
  }
}
