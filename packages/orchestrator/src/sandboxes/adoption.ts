import { traceOf } from '../lib/trace.ts'
import type { Desk } from './desk.ts'
import type { Ending } from './ending.ts'
import type { Sandbox } from './sandbox.ts'

/**
 * Takes up what an earlier process left. What runs is adopted; what was half made is ended, since the
 * one who asked for it is gone; what should have ended meanwhile ends now.
 */
export function createAdoption(
  desk: Desk,
  ending: Ending,
  recover: (sandbox: Sandbox) => Promise<void>,
): () => Promise<void> {
  const { store, attachments, recorder, log } = desk

  async function adopt(id: string): Promise<void> {
    await desk.reconcile(id)
    const sandbox = store.get(id)
    if (sandbox?.state !== 'ready') return
    await recover(sandbox).catch((cause) =>
      log.warn({ ...traceOf(cause), sandbox: id }, 'checkpoints not taken up'),
    )
    await attachments.attach(sandbox)
    recorder.record(id, 'adopted')
  }

  return async () => {
    const living = store.list({ ended: false })
    for (const { id, state } of living) if (state === 'creating') ending.request(id, 'failed')
    await Promise.all(
      living.map(({ id }) =>
        adopt(id).catch((cause) =>
          log.warn({ ...traceOf(cause), sandbox: id }, 'not adopted yet; will try again'),
        ),
      ),
    )
  }
}
