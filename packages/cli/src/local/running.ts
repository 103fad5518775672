import { setTimeout as sleep } from 'node:timers/promises'
import { ControlClient } from '@stuntdouble/sdk/client'
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

/**
 * This machine’s orchestrator, if it is one of ours and answers. What an ended one left behind is
 * nothing: somebody else may have its port by now, so the key is shown only to who passes for it.
 */
export async function findRunning({ env }: Context): Promise<Running | undefined> {
  const state = await readLocalOrchestrator(env)
  if (!state || !isOurs(state.pid)) return undefined
  const stranger = new ControlClient({ url: state.url })
  const health = await stranger.health({ timeoutMs: answerWithinMs }).catch(() => undefined)
  if (health?.pid !== state.pid) return undefined
  return { state, health, control: controlClient({ url: state.url, apiKey: state.key }) }
}

/** Ends an orchestrator gracefully; its sandboxes go on. */
export async function stop({ state, health }: Running): Promise<void> {
  if (health.busy) throw busy()
  process.kill(state.pid, 'SIGTERM')
  const deadline = Date.now() + stopWithinMs
  while (isAlive(state.pid)) {
    if (Date.now() > deadline) throw doesNotStop(state.pid)
    await sleep(pollMs)
  }
}

/** A process of another user may not be signalled. */
function isOurs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
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
