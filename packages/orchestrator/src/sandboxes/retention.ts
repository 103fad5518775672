import { parseDuration } from '@stuntdouble/sdk/wire'
import type { Desk } from './desk.ts'
import { type IdempotencyKeys, keyLivesMs } from './idempotency-keys.ts'

/** Forgets what ended long ago: its addresses are then like any that never were. */
export interface Retention {
  forget(): Promise<void>
}

type Parts = Pick<Desk, 'store' | 'storage' | 'capabilities' | 'recorder' | 'limits' | 'clock'> & {
  readonly keys: IdempotencyKeys
}

export function createRetention(parts: Parts): Retention {
  const { store, storage, capabilities, recorder, keys, limits, clock } = parts

  return {
    async forget() {
      const before = clock() - (parseDuration(limits.retention) ?? 0) * 1000
      storage.transaction(() => {
        for (const id of store.endedBefore(before)) {
          capabilities.forgetAll(id)
          store.remove(id)
        }
        recorder.forget(before, store.ids())
        keys.forget(clock() - keyLivesMs)
      })
    },
  }
}
