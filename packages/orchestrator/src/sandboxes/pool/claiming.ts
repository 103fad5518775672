import type { Blueprint, EndReason, Handover } from '@stuntdouble/sdk/wire'
import { parseDuration } from '@stuntdouble/sdk/wire'
import { traceOf } from '../../lib/trace.ts'
import type { Caller } from '../creation.ts'
import type { Desk } from '../desk.ts'
import type { Ending } from '../ending.ts'
import type { Handovers } from '../handovers.ts'
import type { Leases } from '../leases.ts'
import { firstSnapshot } from '../view.ts'
import type { PoolRows } from './pool-rows.ts'
import type { Standings } from './standings.ts'

export interface Wanted {
  readonly blueprint: Blueprint
  /** An uploaded workspace, to be unpacked in it. */
  readonly workspace: string | null
}

export interface Claimed {
  readonly id: string
  /** Absent while its workspace is to be unpacked: the reconciler goes on from there. */
  readonly handover?: Handover
}

/** Hands out what is kept ready; undefined where there is none. */
export type Claim = (wanted: Wanted, caller: Caller) => Promise<Claimed | undefined>

interface Parts {
  readonly desk: Desk
  readonly leases: Pick<Leases, 'moveDeadline'>
  readonly handovers: Handovers
  readonly ending: Ending
  readonly rows: PoolRows
  readonly standings: Standings
}

/** One whose lease is nearly over may end while it is handed out. */
const leastLeftMs = 10_000
const answersWithinMs = 1_000
/** Nothing inside may listen on it; the gate takes every connection. */
const gatePort = 1

export function createClaim({ desk, leases, handovers, ending, rows, standings }: Parts): Claim {
  const { store, storage, engine, recorder, clock } = desk

  /** Its gate takes a connection, which says that the pod lives and asks the engine nothing. */
  async function answers(id: string, signal: AbortSignal): Promise<boolean> {
    const until = AbortSignal.any([signal, AbortSignal.timeout(answersWithinMs)])
    try {
      const connection = await engine.connect(id, gatePort, until)
      connection.on('error', () => {})
      connection.destroy()
      return true
    } catch {
      return false
    }
  }

  /** The row, its events and its capability at once; from here on it is somebody’s. */
  function take(
    id: string,
    key: string,
    wanted: Wanted & Pick<Caller, 'noted'>,
  ): Claimed | undefined {
    const { blueprint, workspace, noted } = wanted
    const now = clock()
    return storage.transaction(() => {
      const isMine = rows.claim(id, key, {
        ...{ blueprint, workspace, state: workspace === null ? 'ready' : 'creating' },
        ...{ createdAt: now, activeAt: now },
        expiresAt: now + milliseconds(blueprint.ttl),
        idleMs: milliseconds(blueprint.idle),
        ...{ warnedOf: null, preStopAt: null },
      })
      const sandbox = isMine ? store.get(id) : undefined
      if (!sandbox) return undefined
      noted?.(id)
      recorder.record(id, 'created', { snapshot: firstSnapshot(sandbox), warm: true })
      if (workspace !== null) return { id }
      recorder.record(id, 'ready', { milliseconds: 0 })
      return { id, handover: handovers.handover(id) }
    })
  }

  /** One that went away unseen is nobody’s loss: another is made. */
  async function isWhole(id: string, signal: AbortSignal): Promise<boolean> {
    const deadline = leases.moveDeadline(id).then(
      () => true,
      () => false,
    )
    const [isAlive, isMoved] = await Promise.all([answers(id, signal), deadline])
    return isAlive && isMoved
  }

  function giveUp(id: string, reason: EndReason): void {
    ending.request(id, reason)
    desk
      .reconcile(id)
      .catch((cause) => desk.log.warn({ ...traceOf(cause), sandbox: id }, 'will try again'))
  }

  return async (wanted, { signal, noted }) => {
    const key = standings.of(wanted.blueprint)?.key
    if (key === undefined) return undefined
    for (const id of rows.claimable(key, clock() + leastLeftMs)) {
      signal.throwIfAborted()
      const claimed = take(id, key, { ...wanted, ...(noted && { noted }) })
      if (!claimed) continue
      if (await isWhole(id, signal)) return claimed
      giveUp(id, signal.aborted ? 'failed' : 'died')
    }
    return undefined
  }
}

const milliseconds = (duration: string) => (parseDuration(duration) ?? 0) * 1000
