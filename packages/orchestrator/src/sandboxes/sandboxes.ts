import type {
  CreateSandboxRequest,
  EndReason,
  Handover,
  OnProgress,
  Receipt,
  SandboxView,
} from '@stuntdouble/sdk/wire'
import { every } from '../lib/every.ts'
import { traceOf } from '../lib/trace.ts'
import { createActivity, type Visit } from './activity.ts'
import { createActs } from './acts.ts'
import { createAdoption } from './adoption.ts'
import { createAttachments } from './attachments.ts'
import { createCreation } from './creation.ts'
import type { Desk } from './desk.ts'
import { createEnding } from './ending.ts'
import { createLeases } from './leases.ts'
import { createLimitWatch } from './limit-watch.ts'
import { createReconciler } from './reconciler.ts'
import { createRoster } from './roster.ts'
import type { SandboxDatabase } from './sandbox.ts'
import { createStarter } from './starter.ts'
import { createStarting } from './starting.ts'
import { createSandboxStore, sandboxMigrations } from './store.ts'
import { createSweeper } from './sweeper.ts'
import { viewOf } from './view.ts'
import { createWatchdog } from './watchdog.ts'

export { sandboxMigrations }

/** Every sandbox of this orchestrator. Disposal leaves them running: they outlive the process. */
export interface Sandboxes extends AsyncDisposable {
  /** Resolves when it is ready. A creation that fails, or whose signal aborts, leaves nothing behind. */
  create(
    request: CreateSandboxRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Handover>
  /** Throws `sandbox_not_found`. */
  get(id: string): SandboxView
  list(query: { readonly ended: boolean }): SandboxView[]
  /** Moves the hard end by `seconds`, as far as the operator allows. */
  extend(id: string, seconds: number): Promise<SandboxView>
  /** A fresh capability; it lasts as long as the sandbox, or `seconds`. */
  handover(id: string, seconds?: number): Handover
  /** Keeps a capability of it good for so many seconds from now. */
  renew(id: string, token: string, seconds: number): void
  /** Ends a capability of it; content when there is none. */
  revoke(id: string, token: string): void
  /** Idempotent. Resolves with the receipt once absence was observed. */
  end(id: string, reason: EndReason): Promise<Receipt>
  /** Throws `conflict` before the end. */
  receipt(id: string): Receipt
  /** Throws unless the sandbox is ready; holds it active until disposed. `cut` is called when its end begins. */
  use(id: string, cut: () => void): Disposable
  /** The same, and it is active only when the visit is told so. */
  visit(id: string, cut: () => void): Visit
  database(id: string, name: string): SandboxDatabase
  /** Takes up what an earlier process left: adopts what runs, ends what was half made. */
  adopt(): Promise<void>
}

export type SandboxesParts = Omit<
  Desk,
  'store' | 'starter' | 'attachments' | 'reconcile' | 'cutUses' | 'diskUses' | 'limitWatch'
>

const beatMs = 1_000
/** A fast disk fills by a gigabyte in a second. */
const roomMs = 500
const limitsMs = 2_000

export function createSandboxes(parts: SandboxesParts): Sandboxes {
  const { storage, engine, clock, log } = parts
  const store = createSandboxStore(storage)
  const attachments = createAttachments(parts)
  // Later than the leases that it touches: they ask for what it is a part of.
  const activity = createActivity(clock, (id, at) => leases.touch(id, at))
  const base = {
    ...{ ...parts, store, attachments, starter: createStarter(parts) },
    cutUses: activity.cut,
    limitWatch: createLimitWatch({ ...parts, store }),
    diskUses: new Map(),
  }

  const starting = createStarting(base)
  const acts = createActs(base, starting)
  const desk: Desk = { ...base, ...createReconciler({ store, engine, clock, acts }) }
  const roster = createRoster(desk)
  const leases = createLeases(desk, roster)
  const ending = createEnding(desk, roster, starting)
  const sweeper = createSweeper(desk)
  const watchdog = createWatchdog({ ...desk, interrupt: starting.interrupt })

  // Rhythms of their own: an end, or a walk, that takes long must not hold up the rest.
  const failed = (cause: unknown) => log.error(traceOf(cause), 'beat failed')
  const beats = async () => storage.transaction(() => activity.beat())
  const rhythms = [
    every(beatMs, beats, failed),
    every(beatMs, sweeper.sweep, failed),
    every(roomMs, watchdog.guardRoom, failed),
    every(beatMs, watchdog.guardBounds, failed),
    every(limitsMs, base.limitWatch.look, failed),
  ]

  return {
    create: createCreation({ desk, starting, ending, leases }),
    get: (id) => viewOf(roster.known(id), desk),
    list: (query) => store.list(query).map((sandbox) => viewOf(sandbox, desk)),
    extend: leases.extend,
    handover: leases.handover,
    renew: leases.renew,
    revoke: leases.revoke,
    end: ending.end,
    receipt: ending.receipt,
    use: (id, cut) => activity.begin(roster.ready(id).id, cut),
    visit: (id, cut) => activity.visit(roster.ready(id).id, cut),
    database: roster.database,
    adopt: createAdoption(desk, ending),

    async [Symbol.asyncDispose]() {
      await Promise.all(rhythms.map((rhythm) => rhythm[Symbol.asyncDispose]()))
      await attachments.detachAll()
    },
  }
}
