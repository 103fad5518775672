import type { EndReason } from '@stuntdouble/sdk/wire'
import { workspacePath } from '../doors/doors.ts'
import { pause } from '../lib/every.ts'
import { asSandboxError } from '../lib/progress-response.ts'
import type { Desk } from './desk.ts'
import { deadlineOf, preStopMs } from './lease.ts'
import type { Sandbox } from './sandbox.ts'

/** Blueprints’ last commands, run as the agent before anything is cut. However one goes, the end goes on. */
export interface PreStops {
  /** Never longer than the gate lets the sandbox live. Resolves when what came of it is recorded. */
  run(sandbox: Sandbox, reason: EndReason): Promise<void>
  /** Ends the one of a sandbox that is under way; content when there is none. */
  interrupt(id: string): void
  /** Ends them all; none is begun any more. */
  close(): void
}

type Parts = Pick<Desk, 'store' | 'recorder' | 'commands' | 'clock'>
type Outcome = Readonly<Record<string, unknown>>

const shownCharacters = 2000

export function createPreStops({ store, recorder, commands, clock }: Parts): PreStops {
  let closed = false
  const underWay = new Map<string, AbortController>()

  async function ran({ id, blueprint }: Sandbox, signal: AbortSignal): Promise<Outcome> {
    const command = blueprint.preStop?.command ?? []
    const request = { command, cwd: workspacePath, env: {}, timeoutMs: longestMs }
    const result = await commands.run(id, request, { signal, closed: Promise.resolve() })
    return {
      exitCode: result.exitCode,
      stdoutTail: result.stdout.slice(-shownCharacters),
      stderrTail: result.stderr.slice(-shownCharacters),
    }
  }

  /** Of a command that does not end in time, or is interrupted, nobody waits for the end. */
  async function outcomeOf(sandbox: Sandbox, interrupt: AbortController): Promise<Outcome> {
    const { signal } = interrupt
    const over = new AbortController()
    const ms = Math.min(preStopMs(sandbox), deadlineOf(sandbox) - clock())
    const outOfTime = pause(ms, AbortSignal.any([signal, over.signal])).then(() => ({
      failure: signal.aborted ? 'interrupted' : 'timed_out',
    }))
    const failed = (cause: unknown) => ({ failure: asSandboxError(cause).code })
    try {
      return await Promise.race([ran(sandbox, signal).catch(failed), outOfTime])
    } finally {
      over.abort()
      interrupt.abort()
    }
  }

  return {
    async run(sandbox, reason) {
      const { id } = sandbox
      const interrupt = new AbortController()
      const begun = clock()
      underWay.set(id, interrupt)
      if (closed) interrupt.abort()
      store.update(id, { endReason: reason, preStopAt: begun })
      try {
        const outcome = await outcomeOf(sandbox, interrupt)
        recorder.record(id, 'pre_stop', { ...outcome, milliseconds: clock() - begun })
      } finally {
        underWay.delete(id)
      }
    },
    interrupt: (id) => underWay.get(id)?.abort(),
    close() {
      closed = true
      for (const one of underWay.values()) one.abort()
    },
  }
}

/** Those who wait end it before. */
const longestMs = 60_000
