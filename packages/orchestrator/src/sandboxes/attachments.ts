import type { Canaries } from '../canaries/canaries.ts'
import type { Egress } from '../egress/egress.ts'
import type { Engine } from '../engine/engine.ts'
import type { Sandbox } from './sandbox.ts'

/** Which pods’ way out is being served by this process. */
export interface Attachments {
  /** Serves what leaves the pod. Idempotent; again after a restart. */
  attach(sandbox: Pick<Sandbox, 'id' | 'blueprint'>): Promise<void>
  detach(id: string): Promise<void>
  /** Stops serving every pod and leaves the pods alone. */
  detachAll(): Promise<void>
}

export function createAttachments(
  engine: Pick<Engine, 'listenEgress'>,
  egress: Egress,
  canaries: Pick<Canaries, 'watch'>,
): Attachments {
  const attached = new Map<string, AsyncDisposable>()

  async function detach(id: string): Promise<void> {
    const listener = attached.get(id)
    attached.delete(id)
    await listener?.[Symbol.asyncDispose]()
  }

  return {
    detach,
    async attach({ id, blueprint }) {
      if (attached.has(id)) return
      await using scope = new AsyncDisposableStack()
      scope.use(canaries.watch(id))
      const way = scope.use(egress.open(id, blueprint.egress))
      scope.use(await engine.listenEgress(id, way.serve))
      attached.set(id, scope.move())
    },
    async detachAll() {
      await Promise.all([...attached.keys()].map(detach))
    },
  }
}
