import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SecretsReport, Workspace } from '@stuntdouble/sdk/wire'
import { agent, workspaceContainer, workspacePath } from '../doors/doors.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import { newWorkspaceId } from '../lib/ids.ts'
import { type Secrets, secretsFound } from '../secrets/secrets.ts'
import { inspectArchive } from './archive.ts'
import { tooLarge, unpackFailed, workspaceNotFound } from './errors.ts'

/** Uploaded directories on their way into a sandbox: tar files, scanned before they are accepted. */
export interface Workspaces {
  /**
   * Takes a tar. Throws `secret_found` naming file and line, `workspace_too_large`, or
   * `policy_refused` for an entry that is not a plain file, directory or inner link; then nothing is kept.
   */
  receive(body: Readable, signal: AbortSignal): Promise<Workspace>
  /** The same look at a tar, of which nothing is kept. */
  check(body: Readable, signal: AbortSignal): Promise<SecretsReport>
  /** Throws `workspace_not_found`. */
  require(id: string): void
  /** Extracts inside the sandbox, as the agent. The upload stays, for another sandbox. */
  unpack(id: string, sandbox: string, signal: AbortSignal): Promise<void>
  /** Removes uploads older than an hour, and torn ones. */
  sweep(): Promise<void>
}

interface Parts {
  readonly directory: string
  readonly engine: Pick<Engine, 'exec'>
  readonly clock: Clock
  readonly secrets: Secrets
  /** Of one archive, headers and all. */
  readonly uploadLimitBytes?: number
}

/** What an archive of 512 MiB may be at most, with a header and a path for each of its files. */
const largestArchiveBytes = 768 * 1024 ** 2
const keepMs = 3_600_000
const form = /^ws[a-z0-9]{12}$/

export function createWorkspaces({
  directory,
  engine,
  clock,
  secrets,
  uploadLimitBytes = largestArchiveBytes,
}: Parts): Workspaces {
  const pathOf = (id: string) => join(directory, `${id}.tar`)

  return {
    async receive(body, signal) {
      const id = newWorkspaceId()
      const partial = `${pathOf(id)}.partial`
      await mkdir(directory, { recursive: true, mode: 0o700 })
      try {
        const file = createWriteStream(partial, { mode: 0o600 })
        await pipeline(body, bounded(uploadLimitBytes), file, { signal })
        await using scan = await secrets.scan(signal)
        const { entries, bytes } = await inspectArchive(createReadStream(partial), scan, signal)
        const report = await scan.finish()
        if (!report.clean) throw secretsFound('The workspace', report)
        await rename(partial, pathOf(id))
        return { id, entries, bytes }
      } finally {
        await rm(partial, { force: true })
      }
    },

    async check(body, signal) {
      await using scan = await secrets.scan(signal)
      await inspectArchive(Readable.from(bounded(uploadLimitBytes)(body)), scan, signal)
      return await scan.finish()
    },

    require(id) {
      if (!form.test(id) || !existsSync(pathOf(id))) throw workspaceNotFound(id)
    },

    async unpack(id, sandbox, signal) {
      const command = [
        'tar',
        '--extract',
        '--no-same-owner',
        '--file=-',
        `--directory=${workspacePath}`,
      ]
      const process = await engine.exec(
        sandbox,
        workspaceContainer,
        { command, env: {}, workingDirectory: workspacePath, user: agent },
        signal,
      )
      process.stdout.resume()
      process.stderr.resume()
      await pipeline(createReadStream(pathOf(id)), process.stdin, { signal })
      if ((await process.exit) !== 0) throw unpackFailed()
    },

    async sweep() {
      for (const name of await readdir(directory).catch(() => [])) {
        const path = join(directory, name)
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: clock() }))
        if (clock() - mtimeMs > keepMs) await rm(path, { recursive: true, force: true })
      }
    },
  }
}

/** Fails a stream that is too long, before more of it is written. */
function bounded(limitBytes: number) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > limitBytes)
        throw tooLarge(`${Math.floor(limitBytes / 1024 ** 2)} MiB as an archive`)
      yield chunk
    }
  }
}
