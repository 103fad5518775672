import type { Engine } from '../../engine/engine.ts'
import { watchedEngine } from './watched-engine.ts'

export interface DyingEngine {
  readonly engine: Engine
  /** From the next call of that name on nothing is answered, whether the engine did it or not. */
  dieAt(name: string, when: 'before' | 'after'): void
  readonly isDead: boolean
}

/** The engine as a process sees it that is killed in the middle of a call. */
export function dyingEngine(engine: Engine): DyingEngine {
  let death: { readonly name: string; readonly when: 'before' | 'after' } | undefined
  let isDead = false

  async function act(name: string, work: () => unknown): Promise<unknown> {
    const isDying = !isDead && death?.name === name
    if (isDying && death?.when === 'before') isDead = true
    if (isDead) return never
    const result = await work()
    if (isDying) isDead = true
    return isDead ? never : result
  }

  return {
    engine: watchedEngine(engine, act),
    dieAt: (name, when) => {
      death = { name, when }
    },
    get isDead() {
      return isDead
    },
  }
}

const never = new Promise<never>(() => {})
