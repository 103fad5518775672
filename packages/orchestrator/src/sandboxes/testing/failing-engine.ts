import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Engine } from '../../engine/engine.ts'
import { watchedEngine } from './watched-engine.ts'

export interface FailingEngine {
  readonly engine: Engine
  /** The names of all calls so far, in order. */
  readonly calls: readonly string[]
}

export const failure = () =>
  new SandboxError('disk_full', 'The engine has no room.', { hint: 'Make some.' })

/** An engine of which one call fails, by its number from 0, before or after it did its work. */
export function failingEngine(
  engine: Engine,
  fails: { readonly at: number; readonly when: 'before' | 'after' },
): FailingEngine {
  const calls: string[] = []

  async function act(name: string, work: () => unknown): Promise<unknown> {
    // The sweeper’s own look at everything is not the creation’s; who cannot see the room goes on.
    if (name === 'list' || name === 'volumes.usage') return await work()
    const isMine = calls.push(name) - 1 === fails.at
    if (isMine && fails.when === 'before') throw failure()
    const result = await work()
    if (isMine) throw failure()
    return result
  }

  return { engine: watchedEngine(engine, act), calls }
}
