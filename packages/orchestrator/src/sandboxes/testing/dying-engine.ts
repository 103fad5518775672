import type { Engine } from '../../engine/engine.ts'

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

  function watched<Part extends object>(part: Part, prefix: string): Part {
    return new Proxy(part, {
      get(target, name) {
        const value = Reflect.get(target, name, target)
        if (name === 'volumes' || name === 'images')
          return watched(value as object, `${String(name)}.`)
        if (typeof value !== 'function' || typeof name === 'symbol') return value
        return (...given: unknown[]) => act(`${prefix}${name}`, () => value.apply(target, given))
      },
    })
  }

  async function act(name: string, work: () => unknown): Promise<unknown> {
    const isDying = !isDead && death?.name === name
    if (isDying && death?.when === 'before') isDead = true
    if (isDead) return never
    const result = await work()
    if (isDying) isDead = true
    return isDead ? never : result
  }

  return {
    engine: watched(engine, ''),
    dieAt: (name, when) => {
      death = { name, when }
    },
    get isDead() {
      return isDead
    },
  }
}

const never = new Promise<never>(() => {})
