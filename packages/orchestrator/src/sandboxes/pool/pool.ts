import {
  type OperatorConfig,
  type PoolView,
  parseBytes,
  parseDuration,
  poolFields,
} from '@stuntdouble/sdk/wire'
import type { Capacity } from '../capacity/capacity.ts'
import type { StartTurns } from '../capacity/start-turns.ts'
import type { Desk } from '../desk.ts'
import type { Ending } from '../ending.ts'
import type { Handovers } from '../handovers.ts'
import type { Leases } from '../leases.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Starting } from '../starting.ts'
import { type Claim, createClaim } from './claiming.ts'
import { createDemand } from './demand.ts'
import { createEmptying, type Emptying } from './emptying.ts'
import { createImageDigests } from './image-digests.ts'
import { createKeeping } from './keeping.ts'
import { createMake } from './making.ts'
import { isPoolable } from './pool-key.ts'
import { createPoolRows } from './pool-rows.ts'
import { createStandings } from './standings.ts'
import { warmBlueprints } from './warm-blueprints.ts'

/** Sandboxes that are kept ready, so that a creation is a row and not a pod. */
export interface Pool extends AsyncDisposable, Pick<Emptying, 'evict' | 'release' | 'drain'> {
  readonly claim: Claim
  /** A creation succeeded: more of the kind may be asked for. */
  asked(sandbox: Sandbox, claimed: boolean): void
  beat(signal: AbortSignal): Promise<void>
  view(): PoolView
}

export interface PoolParts {
  readonly desk: Desk
  readonly starting: Starting
  readonly ending: Ending
  readonly leases: Leases
  readonly handovers: Handovers
  readonly capacity: Capacity
  readonly turns: StartTurns
  readonly config: OperatorConfig['pool']
  /** Changes with all that the operator configured. */
  readonly policy: string
}

/** The first command comes right after the hand-over; nothing is made in this moment. */
const settleMs = 300

/** Of a size that the operator chose: whoever asks once a day finds it ready. */
const fixedKeepMs = 24 * 3_600_000

/** So much of all there may be. */
const part = 4

export function createPool({ desk, config, policy, ...parts }: PoolParts): Pool {
  const { clock } = desk
  const { ending, leases, handovers, starting, capacity, turns } = parts
  const isOff = config === 'off'
  const { size, keep, memory } = poolFields(isOff ? 'auto' : config)
  const keepMs = size === 'auto' ? (parseDuration(keep) ?? 0) * 1000 : fixedKeepMs
  const digests = createImageDigests(desk.engine, clock)
  const standings = createStandings({ desk, digests, policy })
  const demand = createDemand({ now: clock, size, keepMs })
  const rows = createPoolRows(desk.storage, desk.store)
  const emptying = createEmptying({ desk, ending, rows, demand })
  let handedAt = Number.NEGATIVE_INFINITY

  const keeping = createKeeping({
    ...{ desk, rows, demand, digests, standings, leases },
    bound: {
      memoryBytes: parseBytes(memory ?? '') ?? capacity.maxMemoryBytes / part,
      sandboxes: Math.max(1, Math.floor(desk.limits.maxSandboxes / part)),
    },
    make: createMake({ desk, capacity, standings, starting }),
    isBusy: () => !turns.idle || clock() - handedAt < settleMs,
    end: (id) => void emptying.end(id),
  })

  // What an earlier process kept ready was asked for; which of it is still right, the first beat tells.
  for (const { state, expiresAt, blueprint } of isOff ? [] : rows.list()) {
    if (state === 'ready' && expiresAt > clock()) demand.adopt(blueprint)
  }

  return {
    ...emptying,
    beat: keeping.beat,
    claim: createClaim({ desk, rows, standings, ending, leases, handovers }),
    asked(sandbox, claimed) {
      handedAt = clock()
      if (!isOff && isPoolable(sandbox)) demand.asked(sandbox.blueprint, claimed)
    },
    view: () => ({
      size: isOff ? 'off' : size,
      blueprints: warmBlueprints(demand, rows.list()),
      capacity: capacity.view(),
    }),
    async [Symbol.asyncDispose]() {
      await keeping[Symbol.asyncDispose]()
      await emptying.settled()
    },
  }
}
