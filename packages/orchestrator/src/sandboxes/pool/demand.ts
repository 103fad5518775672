import type { Blueprint } from '@stuntdouble/sdk/wire'
import { memoryOf } from '../capacity/memory-of.ts'
import { shapeOf } from './pool-key.ts'
import type { Wish } from './pool-plan.ts'

/** Which blueprints are asked for, and how often. Known to this process only. */
export interface Demand {
  /** Its sandbox was made or handed out. `claimed` when it had been kept ready. */
  asked(blueprint: Blueprint, claimed: boolean): void
  /** It was asked for in an earlier process’s time. */
  adopt(blueprint: Blueprint): void
  /** One that was to be kept ready could not be made. */
  failed(shape: string): void
  wishes(): readonly Wish[]
  forget(): void
  readonly known: ReadonlyMap<string, Asked>
}

export interface Asked {
  readonly blueprint: Blueprint
  /** The latest, oldest first. */
  readonly arrivals: readonly number[]
  readonly failedAt: number
  readonly claimed: number
  readonly missed: number
}

export interface DemandParts {
  readonly now: () => number
  /** For each blueprint; learned when `auto`. */
  readonly size: number | 'auto'
  /** How long after it was last asked for. */
  readonly keepMs: number
}

const unknown = { arrivals: [], failedAt: Number.NEGATIVE_INFINITY, claimed: 0, missed: 0 } as const
const remembered = 64
const arrivalsKept = 64
/** So many that came within a moment will come so again; longer ago than that is forgotten. */
const momentMs = 10_000
const learnedFromMs = 5 * 60_000
const learnedMost = 8
const restMs = 60_000

export function createDemand({ now, size, keepMs }: DemandParts): Demand {
  const known = new Map<string, Asked>()

  function remember(shape: string, asked: Asked): void {
    known.delete(shape)
    known.set(shape, asked)
    const [oldest] = known.keys()
    if (known.size > remembered && oldest !== undefined) known.delete(oldest)
  }

  return {
    known,
    forget: () => known.clear(),
    asked(blueprint, claimed) {
      const shape = shapeOf(blueprint)
      const before = known.get(shape) ?? unknown
      remember(shape, {
        blueprint,
        arrivals: [...before.arrivals, now()].slice(-arrivalsKept),
        failedAt: Number.NEGATIVE_INFINITY,
        claimed: before.claimed + Number(claimed),
        missed: before.missed + Number(!claimed),
      })
    },
    adopt: (blueprint) =>
      remember(shapeOf(blueprint), { ...unknown, blueprint, arrivals: [now()] }),
    failed(shape) {
      const before = known.get(shape)
      if (before) known.set(shape, { ...before, failedAt: now() })
    },
    wishes: () =>
      [...known].map(([shape, { blueprint, arrivals, failedAt }]) => {
        const askedAt = arrivals.at(-1) ?? 0
        const isOver = now() - askedAt >= keepMs
        const count = size === 'auto' ? learned(arrivals, now()) : size
        const resting = now() - failedAt < restMs
        const memoryBytes = memoryOf(blueprint)
        return { shape, count: isOver ? 0 : count, memoryBytes, askedAt, resting }
      }),
  }
}

/** One, and as many as came at once of late. */
export function learned(arrivals: readonly number[], now: number): number {
  const late = arrivals.filter((at) => now - at < learnedFromMs)
  const atOnce = late.map(
    (at) => late.filter((other) => other >= at && other - at < momentMs).length,
  )
  return Math.min(Math.max(1, ...atOnce), learnedMost)
}
