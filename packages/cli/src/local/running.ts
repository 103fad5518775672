import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { controlClient, readLocalOrchestrator } from '@stuntdouble/sdk/node'
import type { Health, LocalOrchestrator } from '@stuntdouble/sdk/wire'
import type { Context } from '../context.ts'

export interface Running {
  readonly state: LocalOrchestrator
  readonly health: Health
  readonly control: ControlClient
}

const answerWithinMs = 5_000
const stopWithinMs = 30_000
const pollMs = 50

/** This machine’s orchestrator, if it answers to its key. What an ended one left behind is nothing. */
export async function findRunning({ env }: Context): Promise<Running | undefined> {
  const state = await readLocalOrchestrator(env)
  if (!state || !isAlive(state.pid)) return undefined
  const control = controlClient({ url: state.url, apiKey: state.key })
  const health = await control.health({ timeoutMs: answerWithinMs }).catch(() => undefined)
  if (!health || (health.pid !== undefined && health.pid !== state.pid)) return undefined
  return { state, health, control }
}

/** Ends an orchestrator gracefully. It has just answered to its own key, so the process is ours. */
export async function stop({ state, health }: Running): Promise<void> {
  if (health.busy) throw busy()
  process.kill(state.pid, 'SIGTERM')
  const deadline = Date.now() + stopWithinMs
  while (isAlive(state.pid)) {
    if (Date.now() > deadline) throw doesNotStop(state.pid)
    await sleep(pollMs)
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const busy = () =>
  new SandboxError('conflict', 'The configuration has changed, and the orchestrator is at work.', {
    hint: 'Wait until its snapshot is built; it restarts with the next command then.',
    retryable: true,
  })

const doesNotStop = (pid: number) =>
  new SandboxError('conflict', `The orchestrator (process ${pid}) does not end.`, {
    hint: 'Its log says what it waits for; end it by hand, its sandboxes stay.',
  })
