import type { Egress } from '../egress/egress.ts'
import type { Engine } from '../engine/engine.ts'

/** Which pods’ way out is being served by this process. */
export interface Attachments {
  /** Serves what leaves the pod. Idempotent; again after a restart. */
  attach(id: string): Promise<void>
  detach(id: string): Promise<void>
  /** Stops serving every pod and leaves the pods alone. */
  detachAll(): Promise<void>
}

export function createAttachments(
  engine: Pick<Engine, 'listenEgress'>,
  egress: Egress,
): Attachments {
  const attached = new Map<string, AsyncDisposable>()

  async function detach(id: string): Promise<void> {
    const listener = attached.get(id)
    attached.delete(id)
    await listener?.[Symbol.asyncDispose]()
  }

  return {
    detach,
    async attach(id) {
      if (attached.has(id)) return
      attached.set(id, await engine.listenEgress(id, (socket) => egress.serve(id, socket)))
    },
    async detachAll() {
      await Promise.all([...attached.keys()].map(detach))
    },
  }
}
