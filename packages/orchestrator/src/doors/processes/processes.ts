import type { ProcessView, StartProcess } from '@stuntdouble/sdk/wire'
import type { Process } from '../../engine/engine.ts'
import type { Clock } from '../../lib/clock.ts'
import { newProcessId } from '../../lib/ids.ts'
import { argvOf, type Commands } from '../commands.ts'
import { cut } from '../cut.ts'
import { createOutputShares } from '../output-share.ts'
import { type BackgroundProcess, createBackgroundProcess } from './background-process.ts'
import { KeptProcesses } from './kept-processes.ts'
import { processNotFound } from './process-errors.ts'
import { createTimeLimit } from './time-limit.ts'

export type { BackgroundProcess } from './background-process.ts'

/**
 * Processes that outlive whoever started them, by sandbox. They end with it, and alone keep it from
 * nothing: whoever reads or writes is what holds a sandbox active. What is known of them ends with
 * this orchestrator.
 */
export interface Processes {
  /** Resolves once it runs. An abort until then leaves nothing running. Throws `capacity`. */
  start(sandbox: string, request: StartProcess, signal: AbortSignal): Promise<BackgroundProcess>
  /** Oldest first; those that ended as well, for a while. */
  list(sandbox: string): readonly BackgroundProcess[]
  /** Throws `process_not_found`. */
  get(sandbox: string, id: string): BackgroundProcess
  /** Forgets a sandbox that has ended. */
  forget(sandbox: string): void
}

/** Told of each start and each end; `view` is as of then. */
export interface ProcessObserver {
  started(sandbox: string, view: ProcessView): void
  ended(sandbox: string, view: ProcessView): void
}

export interface ProcessesParts {
  readonly commands: Commands
  readonly observer: ProcessObserver
  readonly clock: Clock
}

/** Of output kept, over all processes of a sandbox, beyond the little that each always keeps. */
const keptBytesPerSandbox = 16 * 1024 ** 2
const pidLimitBytes = 32

/** The first line is the shell’s own, from before the command can say anything; `exec` keeps its number. */
const tellPid = 'echo "$$"; exec "$@"'

export function createProcesses({ commands, observer, clock }: ProcessesParts): Processes {
  const kept = new Map<string, KeptProcesses>()
  const shares = createOutputShares(keptBytesPerSandbox)

  const list = (sandbox: string) => kept.get(sandbox)?.list() ?? []

  function keptOf(sandbox: string): KeptProcesses {
    const known = kept.get(sandbox) ?? new KeptProcesses(clock)
    kept.set(sandbox, known)
    return known
  }

  function keep(sandbox: string, process: BackgroundProcess, release: () => void): void {
    keptOf(sandbox).add(process, release)
    observer.started(sandbox, process.view)
    void process.ended.then(() => observer.ended(sandbox, process.view))
  }

  return {
    list,
    async start(sandbox, request, asked) {
      using _place = keptOf(sandbox).reserve()
      const { timeoutMs } = request
      const limit = createTimeLimit(timeoutMs)
      asked.addEventListener('abort', limit.stop, { once: true })
      try {
        const launched = await launch(commands, { sandbox, request, signal: limit.signal })
        asked.throwIfAborted()
        const share = shares.open(sandbox)
        const process = createBackgroundProcess({
          ...{ id: newProcessId(), request, clock, grant: share.take, ...launched },
          late: () => (limit.passed ? commands.timedOut(timeoutMs ?? 0) : undefined),
        })
        void process.ended.then(limit.clear)
        keep(sandbox, process, () => share[Symbol.dispose]())
        return process
      } catch (cause) {
        limit.stop()
        throw cause
      } finally {
        asked.removeEventListener('abort', limit.stop)
      }
    },
    get(sandbox, id) {
      const found = list(sandbox).find((process) => process.id === id)
      if (!found) throw processNotFound(id)
      return found
    },
    forget(sandbox) {
      kept.get(sandbox)?.forgetAll()
      kept.delete(sandbox)
    },
  }
}

interface Launch {
  readonly sandbox: string
  readonly request: StartProcess
  readonly signal: AbortSignal
}

async function launch(
  commands: Commands,
  { sandbox, request, signal }: Launch,
): Promise<{ readonly process: Process; readonly pid: number | null }> {
  const { command, cwd, env, tty, stdin } = request
  const argv = ['/bin/sh', '-c', tellPid, 'sh', ...argvOf(command)]
  const silent = !stdin && tty === undefined
  const process = await commands.start(
    sandbox,
    { command: argv, cwd, env, tty, ...(silent && { stdin: 'none' }) },
    signal,
  )
  const { head, rest } = await cut(process.stdout, '\n', pidLimitBytes)
  const pid = /^\d{1,10}$/.test(head?.trim() ?? '') ? Number(head) : null
  return { process: { ...process, stdout: rest }, pid }
}
