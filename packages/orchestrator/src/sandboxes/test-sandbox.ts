import { Blueprint } from '@stuntdouble/sdk/wire'
import type { Sandbox } from './sandbox.ts'

/** A sandbox for tests: made at 0, running for an hour, idle after one. */
export function aSandbox(change: Partial<Sandbox> = {}): Sandbox {
  return {
    id: 'sb000000000000',
    state: 'ready',
    blueprint: Blueprint.parse({}),
    databases: [],
    files: [],
    workspace: null,
    createdAt: 0,
    expiresAt: 3_600_000,
    idleMs: 3_600_000,
    activeAt: 0,
    endReason: null,
    endedAt: null,
    warnedOf: null,
    preStopAt: null,
    problem: null,
    forkOf: null,
    rollback: null,
    pausedAt: null,
    inventory: [],
    pool: null,
    memoryBytes: 2 ** 30,
    ...change,
  }
}
