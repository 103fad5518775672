import type { SandboxError } from '@stuntdouble/sdk/errors'
import type {
  CreateSandboxRequest,
  EndReason,
  Extended,
  ExtendRequest,
  Handover,
  OnProgress,
  OperatorConfig,
  PoolView,
  Receipt,
  SandboxView,
} from '@stuntdouble/sdk/wire'
import { traceOf } from '../lib/trace.ts'
import { createActivity, type Visit } from './activity.ts'
import { createActs } from './acts.ts'
import { createAdoption } from './adoption.ts'
import { createAttachments } from './attachments.ts'
import { createCapacity, type Machine } from './capacity/capacity.ts'
import { createStartTurns } from './capacity/start-turns.ts'
import { type Checkpoints, createCheckpoints } from './checkpoints/checkpoints.ts'
import { createCheckpointStore } from './checkpoints/store.ts'
import { type CreateOnce, createOnce } from './create-once.ts'
import { createCreation } from './creation.ts'
import type { Desk } from './desk.ts'
import { createEnding, type EndOptions } from './ending.ts'
import { createHandovers } from './handovers.ts'
import { createIdempotencyKeys, idempotencyMigrations } from './idempotency-keys.ts'
import { createLeases } from './leases.ts'
import { createLimitWatch } from './limit-watch.ts'
import { createLogs, type Logs } from './logs.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createPool } from './pool/pool.ts'
import { createPreStops } from './pre-stop.ts'
import { createReconciler } from './reconciler.ts'
import { createRetention } from './retention.ts'
import { startRhythms } from './rhythms.ts'
import { createRoster } from './roster.ts'
import type { SandboxDatabase } from './sandbox.ts'
import { createStarter } from './starter.ts'
import { createStarting } from './starting.ts'
import { createSandboxStore, sandboxMigrations as sandboxRows } from './store.ts'
import { createSweeper } from './sweeper.ts'
import { viewOf } from './view.ts'
import { createWatchdog } from './watchdog.ts'

export const sandboxMigrations = [...sandboxRows, ...idempotencyMigrations]

/** Every sandbox of this orchestrator. Disposal leaves them running: they outlive the process. */
export interface Sandboxes extends AsyncDisposable {
  /** Resolves when it is ready. A creation that fails, or whose signal aborts, leaves nothing behind. */
  create(
    request: CreateSandboxRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Handover>
  /**
   * The same, once for a key: who comes again with it, or meanwhile, is handed the same sandbox, by a
   * capability of their own. It is given up when nobody waits for it any more. A key is good for a
   * day, and for another try when the creation failed. Throws `idempotency_mismatch` for a key that
   * came with another request.
   */
  createOnce: CreateOnce
  /** Throws `sandbox_not_found`. */
  get(id: string): SandboxView
  /** The error that says why and when it ended; undefined while it runs, and for one that is not known. */
  tombstone(id: string): SandboxError | undefined
  list(query: { readonly ended: boolean }): SandboxView[]
  /** Moves the hard end, as far as the operator allows. Never moves it back. */
  extend(id: string, request: ExtendRequest): Promise<Extended>
  /** Moves the hard end to a moment, earlier or later, as far as the operator allows. */
  endAt(id: string, at: number): Promise<SandboxView>
  /** The same, counted from now. */
  endIn(id: string, milliseconds: number): Promise<SandboxView>
  /** A fresh capability; it lasts as long as the sandbox, or `seconds`. */
  handover(id: string, seconds?: number): Handover
  /** Keeps a capability of it good for so many seconds from now. */
  renew(id: string, token: string, seconds: number): void
  /** Ends a capability of it; content when there is none. */
  revoke(id: string, token: string): void
  /** Idempotent. Resolves with the receipt once absence was observed. */
  end(id: string, reason: EndReason, how?: EndOptions): Promise<Receipt>
  /** Throws `conflict` before the end. */
  receipt(id: string): Receipt
  /**
   * Throws unless the sandbox is ready, neither paused nor rolled back; holds it active until disposed.
   * `cut` is called when its end begins, or with what else takes everything down that is open.
   */
  use(id: string, cut: (why?: SandboxError) => void): Disposable
  /** The same, and it is active only when the visit is told so. */
  visit(id: string, cut: (why?: SandboxError) => void): Visit
  database(id: string, name: string): SandboxDatabase
  readonly metrics: Metrics
  readonly logs: Logs
  readonly checkpoints: Omit<Checkpoints, 'recover'>
  /** Takes up what an earlier process left: adopts what runs, ends what was half made. */
  adopt(): Promise<void>
  /** What is kept ready, and how much room there is. */
  pool(): PoolView
  /** Ends what is kept ready, and resolves with the receipts. */
  drainPool(): Promise<Receipt[]>
  /** Ends what is kept ready on a snapshot that is to go. */
  release(snapshot: string): Promise<void>
}

export type SandboxesParts = Omit<
  Desk,
  | 'store'
  | 'starter'
  | 'attachments'
  | 'reconcile'
  | 'cutUses'
  | 'diskUses'
  | 'limitWatch'
  | 'checkpointStore'
> & {
  readonly pool: OperatorConfig['pool']
  /** Changes with all that the operator configured, and with the version: what is kept ready ends then. */
  readonly policy: string
  readonly machine: Machine
}

interface Heard {
  readonly cutUses: Desk['cutUses']
  /** One has ended: who waits may have room now. */
  readonly roomMade: () => void
}

/** What every part of the lifecycle works with, and who takes its steps. */
function openDesk(parts: SandboxesParts, { cutUses, roomMade }: Heard) {
  const { storage, engine, clock } = parts
  const store = createSandboxStore(storage)
  const base = {
    ...{ ...parts, store, cutUses, starter: createStarter(parts) },
    attachments: createAttachments(parts),
    onEnded(id: string) {
      parts.onEnded(id)
      roomMade()
    },
    limitWatch: createLimitWatch({ ...parts, store }),
    diskUses: new Map(),
    checkpointStore: createCheckpointStore(storage),
  }
  const starting = createStarting(base)
  const preStops = createPreStops(base)
  const acts = createActs(base, { starting, preStops })
  const desk: Desk = { ...base, ...createReconciler({ store, engine, clock, acts }) }
  return { desk, starting, preStops }
}

export function createSandboxes(parts: SandboxesParts): Sandboxes {
  const { storage, clock, log, machine } = parts
  // Later than the leases that it touches: they ask for what it is a part of.
  const activity = createActivity(clock, (id, at) => leases.touch(id, at))
  const roomMade = () =>
    void capacity.look().catch((cause) => log.error(traceOf(cause), 'the queue was not looked at'))
  const { desk, starting, preStops } = openDesk(parts, { cutUses: activity.cut, roomMade })
  const roster = createRoster(desk)
  const leases = createLeases(desk, roster)
  const handovers = createHandovers(desk, roster)
  const ending = createEnding(desk, { roster, starting, preStops })
  const keys = createIdempotencyKeys(storage)
  const retention = createRetention({ ...desk, keys })
  // Later than the capacity that it makes room in.
  const capacity = createCapacity({ ...desk, machine, evict: () => pool.evict() })
  const turns = createStartTurns()
  const pooling = { desk, starting, ending, leases, handovers, capacity, turns }
  const pool = createPool({ ...pooling, config: parts.pool, policy: parts.policy })
  const create = createCreation({ ...pooling, pool })
  const checkpoints = createCheckpoints(pooling, roster)
  const sweeper = createSweeper({ ...desk, expire: (id) => ending.request(id, 'expired') })
  const interrupt = (id: string) => {
    starting.interrupt(id)
    preStops.interrupt(id)
  }
  const watchdog = createWatchdog({ ...desk, interrupt })

  const rhythms = startRhythms({ desk, activity, sweeper, watchdog, retention, capacity, pool })

  return {
    create: (request, onProgress, signal) => create(request, onProgress, { signal }),
    createOnce: createOnce({ ...desk, create, ...handovers, keys }),
    get: (id) => viewOf(roster.known(id), desk),
    tombstone: roster.tombstone,
    list: (query) =>
      desk.store
        .list(query)
        .filter((sandbox) => sandbox.pool === null || sandbox.state === 'ended')
        .map((sandbox) => viewOf(sandbox, desk)),
    extend: leases.extend,
    endAt: leases.endAt,
    endIn: leases.endIn,
    ...handovers,
    end: ending.end,
    receipt: ending.receipt,
    use: (id, cut) => activity.begin(roster.usable(id).id, cut),
    visit: (id, cut) => activity.visit(roster.usable(id).id, cut),
    database: roster.database,
    metrics: createMetrics(desk, roster),
    logs: createLogs(desk, roster),
    checkpoints,
    adopt: createAdoption(desk, ending, checkpoints.recover),
    pool: pool.view,
    drainPool: pool.drain,
    release: pool.release,

    async [Symbol.asyncDispose]() {
      preStops.close()
      await rhythms[Symbol.asyncDispose]()
      await sweeper.settled()
      await desk.attachments.detachAll()
    },
  }
}
