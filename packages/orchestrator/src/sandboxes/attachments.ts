import type { Canaries } from '../canaries/canaries.ts'
import type { Egress, OpenEgress } from '../egress/egress.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Sandbox } from './sandbox.ts'
import { deliverTrust } from './trust.ts'

/** A pod’s clock is the machine’s; programs round. */
const clockSkewMs = 60_000

/** Which pods’ way out is being served by this process. */
export interface Attachments {
  /** Serves what leaves the pod. Idempotent; again after a restart. */
  attach(sandbox: Leased): Promise<void>
  /** The lease’s hard end has moved: what programs inside trust is good until then. */
  prolong(sandbox: Leased): Promise<void>
  detach(id: string): Promise<void>
  /** Stops serving every pod and leaves the pods alone. */
  detachAll(): Promise<void>
}

type Leased = Pick<Sandbox, 'id' | 'blueprint' | 'expiresAt'>

interface Parts {
  readonly engine: Pick<Engine, 'listenEgress' | 'exec'>
  readonly egress: Egress
  readonly canaries: Pick<Canaries, 'watch'>
  readonly clock: Clock
}

interface Attached extends AsyncDisposable {
  readonly way: OpenEgress
}

export function createAttachments({ engine, egress, canaries, clock }: Parts): Attachments {
  const attached = new Map<string, Attached>()

  /** Before anything is brokered there must be something inside that says whom to trust. */
  async function trust(way: OpenEgress, { id, expiresAt }: Leased): Promise<void> {
    const certificate = await way.certificate(clock() - clockSkewMs, expiresAt)
    if (certificate !== undefined) await deliverTrust(engine, id, certificate)
  }

  async function detach(id: string): Promise<void> {
    const listener = attached.get(id)
    attached.delete(id)
    await listener?.[Symbol.asyncDispose]()
  }

  return {
    detach,
    async attach(sandbox) {
      const { id, blueprint } = sandbox
      if (attached.has(id)) return
      await using scope = new AsyncDisposableStack()
      scope.use(canaries.watch(id))
      const way = scope.use(egress.open(id, blueprint))
      await trust(way, sandbox)
      scope.use(await engine.listenEgress(id, way.serve))
      const open = scope.move()
      attached.set(id, { way, [Symbol.asyncDispose]: () => open.disposeAsync() })
    },
    async prolong(sandbox) {
      const open = attached.get(sandbox.id)
      if (open) await trust(open.way, sandbox)
    },
    async detachAll() {
      await Promise.all([...attached.keys()].map(detach))
    },
  }
}
