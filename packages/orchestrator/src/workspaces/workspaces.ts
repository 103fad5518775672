import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SecretsReport, Workspace } from '@stuntdouble/sdk/wire'
import { agent, workspaceContainer, workspacePath } from '../doors/doors.ts'
import type { Resource } from '../engine/engine.ts'
import { bounded } from '../lib/bounded.ts'
import type { Clock } from '../lib/clock.ts'
import { newWorkspaceId } from '../lib/ids.ts'
import { type Secrets, secretsFound } from '../secrets/secrets.ts'
import { type ArchiveFacts, inspectArchive } from './archive.ts'
import { createBaselines } from './baselines.ts'
import { type Cloning, type CloningParts, createCloning } from './cloning.ts'
import { tooLarge, unpackFailed, workspaceNotFound } from './errors.ts'
import { createOldUploads, type OldUploads } from './old-uploads.ts'

export { type HelperParts, type HelperPod, openHelperPod } from './helper-pod.ts'
export { agentsFile, withoutSection, withSection } from './marked-section.ts'

/** Uploaded directories on their way into a sandbox: tar files, scanned before they are accepted. */
export interface Workspaces extends Cloning, OldUploads {
  /**
   * Takes a tar. Throws `secret_found` naming file and line, `workspace_too_large`, or
   * `policy_refused` for an entry that is not a plain file, directory or inner link; then nothing is kept.
   */
  receive(body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Workspace>
  /** The same look at a tar, of which nothing is kept. */
  check(body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<SecretsReport>
  /** Throws `workspace_not_found`. */
  require(id: string): void
  /** Extracts inside the sandbox, as the agent. The upload stays, for another sandbox. */
  unpack(id: string, sandbox: string, signal: AbortSignal): Promise<void>
  /** What was unpacked there, as a tar; an empty one where nothing was. Read it or destroy it. */
  baseline(sandbox: string): Readable
  /** What is kept of what went into a sandbox, for its receipt. */
  traces(sandbox: string): Promise<readonly Resource[]>
  /** Removes an archive that was cloned for one sandbox alone. Content when there is none. */
  discard(id: string): Promise<void>
  /** One sandbox begins as a copy of another: what went into that is what it is compared with as well. */
  inherit(from: string, to: string): Promise<void>
  /** The sandbox has ended: what went into it is not kept. Idempotent. */
  forget(sandbox: string): Promise<void>
}

export interface WorkspacesParts {
  /** Of uploads. */
  readonly directory: string
  /** Of what went into sandboxes; on the same file system. */
  readonly baselines: string
  readonly engine: CloningParts['engine']
  readonly egress: CloningParts['egress']
  readonly clock: Clock
  readonly secrets: Secrets
  /** Of one archive, headers and all. */
  readonly uploadLimitBytes?: number
}

/** What an archive of 512 MiB may be at most, with a header and a path for each of its files. */
const largestArchiveBytes = 768 * 1024 ** 2
const form = /^ws[a-z0-9]{12}$/

export function createWorkspaces({
  directory,
  engine,
  egress,
  clock,
  secrets,
  uploadLimitBytes = largestArchiveBytes,
  ...parts
}: WorkspacesParts): Workspaces {
  const pathOf = (id: string) => join(directory, `${id}.tar`)
  const baselines = createBaselines(parts.baselines)
  const tooLong = () => tooLarge(`${Math.floor(uploadLimitBytes / 1024 ** 2)} MiB as an archive`)

  /** Writes an archive down, looks at all of it, and only then gives it the name that sandboxes use. */
  async function stage(body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Workspace> {
    const id = newWorkspaceId()
    const partial = `${pathOf(id)}.partial`
    await mkdir(directory, { recursive: true, mode: 0o700 })
    try {
      const file = createWriteStream(partial, { mode: 0o600 })
      await pipeline(body, bounded(uploadLimitBytes, tooLong), file, { signal })
      const facts = await examineStaged(partial, secrets, signal)
      await rename(partial, pathOf(id))
      return { id, ...facts }
    } finally {
      await rm(partial, { force: true })
    }
  }

  return {
    ...createCloning({ engine, egress, clock, stage }),
    ...createOldUploads(directory, clock),
    receive: stage,

    async check(body, signal) {
      await using scan = await secrets.scan(signal)
      await inspectArchive(Readable.from(bounded(uploadLimitBytes, tooLong)(body)), scan, signal)
      return await scan.finish()
    },

    require(id) {
      if (!form.test(id) || !existsSync(pathOf(id))) throw workspaceNotFound(id)
    },

    baseline: baselines.open,
    traces: baselines.traces,
    discard: (id) => rm(pathOf(id), { force: true }),
    inherit: baselines.inherit,
    forget: baselines.forget,

    async unpack(id, sandbox, signal) {
      await baselines.keep(sandbox, pathOf(id))
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
  }
}

/** Everything of a workspace is there and nothing of it can be used yet: what must not enter is refused here. */
async function examineStaged(
  path: string,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<ArchiveFacts> {
  await using scan = await secrets.scan(signal)
  const facts = await inspectArchive(createReadStream(path), scan, signal)
  const report = await scan.finish()
  if (!report.clean) throw secretsFound('The workspace', report)
  return facts
}
