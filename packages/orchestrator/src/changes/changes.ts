import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { WorkspaceChanges } from '@stuntdouble/sdk/wire'
import type { Canaries, Look } from '../canaries/canaries.ts'
import type { Commands } from '../doors/doors.ts'
import type { Process } from '../engine/engine.ts'
import { bounded } from '../lib/bounded.ts'
import { serially } from '../lib/serially.ts'
import { type HelperParts, openHelperPod, type Workspaces } from '../workspaces/workspaces.ts'
import { parseChangedFiles } from './changed-files.ts'
import { bringBoth } from './compare.ts'
import { comparisonTimedOut, notComparable, tooMuchToCompare } from './errors.ts'
import { git, gitEnvironment } from './git.ts'

/**
 * What an agent changed in its workspace, against what the orchestrator knows went in. Both are
 * compared in a pod of their own, without network, that is gone afterwards. Callers have checked that
 * the sandbox is theirs and ready.
 */
export interface Changes {
  /** Throws `workspace_too_large`, `timed_out`. */
  list(sandbox: string, signal: AbortSignal): Promise<WorkspaceChanges>
  /** A patch for `git apply`. Throws `policy_refused` where a canary would leave with it. Read it to the end or destroy it: a pod waits. Fails where not all of it came. */
  patch(sandbox: string, signal: AbortSignal): Promise<Readable>
}

interface Parts extends HelperParts {
  readonly commands: Pick<Commands, 'start'>
  readonly workspaces: Pick<Workspaces, 'baseline'>
  readonly canaries: Pick<Canaries, 'look'>
}

const withinSeconds = 120
const listLimitBytes = 64 * 1024 ** 2
const patchLimitBytes = 2 * 1024 ** 3

export function createChanges(parts: Parts): Changes {
  const queue = serially<string>()

  async function compared(sandbox: string, signal: AbortSignal, look?: Look) {
    await using scope = new AsyncDisposableStack()
    const pod = scope.use(await openHelperPod(parts, { withinMs: withinSeconds * 2000 }, signal))
    const { commands, workspaces } = parts
    const baseline = () => workspaces.baseline(sandbox)
    const aside = await bringBoth({ pod, commands, sandbox, baseline, look }, signal)
    return { pod, aside, scope: scope.move() }
  }

  return {
    list: (sandbox, asked) =>
      queue(sandbox, () =>
        inTime(asked, async (signal) => {
          const { pod, aside, scope } = await compared(sandbox, signal)
          await using _pod = scope
          const process = await pod.exec(git.list, gitEnvironment, signal)
          const output = await buffer(outputOf(process, listLimitBytes))
          return { sandbox, files: parseChangedFiles(output), ...aside }
        }),
      ),
    patch: (sandbox, asked) =>
      queue(sandbox, () =>
        inTime(asked, async (signal) => {
          const look = parts.canaries.look(sandbox, 'a patch')
          const { pod, scope } = await compared(sandbox, signal, look)
          const process = await pod.exec(git.patch, gitEnvironment, asked)
          const body = Readable.from(outputOf(process, patchLimitBytes), { objectMode: false })
          // Also of one that nobody came to read.
          body.once('close', () => void scope.disposeAsync().catch(() => {}))
          return body
        }),
      ),
  }
}

async function inTime<Result>(
  asked: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const late = AbortSignal.timeout(withinSeconds * 1000)
  return work(AbortSignal.any([asked, late])).catch((cause) => {
    if (late.aborted && !asked.aborted) throw comparisonTimedOut(withinSeconds)
    throw cause
  })
}

/** Fails at its end where the command did. */
async function* outputOf(process: Process, limitBytes: number): AsyncGenerator<Buffer> {
  process.stdin.end()
  process.stderr.resume()
  yield* bounded(limitBytes, () => tooMuchToCompare('can be shown'))(process.stdout)
  if ((await process.exit) !== 0) throw notComparable()
}
