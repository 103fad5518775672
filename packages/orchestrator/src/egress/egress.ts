import type { Duplex } from 'node:stream'
import {
  type EgressConfig,
  type EgressGrant,
  type EgressSpec,
  type EgressTestRequest,
  type EgressVerdict,
  parseBytes,
} from '@stuntdouble/sdk/wire'
import type { Clock } from '../lib/clock.ts'
import { type Resolve, systemResolve } from './dial.ts'
import { explainUrl } from './explain-url.ts'
import type { Look } from './leaving.ts'
import { createPolicy } from './policy.ts'
import { createProxy } from './proxy.ts'
import { rulesOf } from './rules.ts'
import { createWay, type Decision } from './way.ts'

export type { Decision } from './way.ts'

/**
 * What leaves a sandbox: nothing but what its blueprint asks for and the operator allows, by HTTP and
 * by TLS in a tunnel. Everything else is answered at once with the reason.
 */
export interface Egress {
  /** Throws `policy_refused` when a blueprint asks for more than the operator allows. */
  admit(spec: EgressSpec): void
  /** What a sandbox may reach of what it asks for, as the policy is now. */
  granted(spec: EgressSpec): EgressGrant[]
  /** Which rule decides about an address. Nothing is sent, and no name looked up. */
  test(request: EgressTestRequest): EgressVerdict
  /** One sandbox’s way out. Disposal cuts what is open, and tells how much there was. */
  open(sandbox: string, spec: EgressSpec): OpenEgress
}

export interface OpenEgress extends Disposable {
  /** Serves one connection that left the pod, until it ends. Never throws. */
  serve(socket: Duplex): void
}

/** What one sandbox did in all, since this process served it. */
export interface EgressTotal {
  readonly allowed: number
  readonly denied: number
  readonly uploadBytes: number
  readonly downloadBytes: number
}

export interface EgressParts {
  readonly config: EgressConfig
  readonly onDecision: (sandbox: string, decision: Decision) => void
  readonly onTotal: (sandbox: string, total: EgressTotal) => void
  /** Looks at what leaves a sandbox; at nothing when left out. */
  readonly look?: (sandbox: string, where: string) => Look
  /** The machine’s own when left out. */
  readonly resolve?: Resolve
}

export function createEgress({ config, onDecision, onTotal, ...parts }: EgressParts): Egress {
  const policy = createPolicy(config.allow)
  const proxy = createProxy()
  const { resolve = systemResolve, look = () => () => false } = parts

  return {
    admit: policy.admit,
    granted: policy.granted,
    test: (request) => explainUrl(policy, request),
    open(sandbox, spec) {
      const way = createWay({
        ...{ policy, resolve, clock: monotonic, limits: limitsOf(config.limits) },
        asked: spec.flatMap(rulesOf),
        look: (where) => look(sandbox, where),
        onDecision: (decision) => onDecision(sandbox, decision),
      })
      const sockets = new Set<Duplex>()
      return {
        serve(socket) {
          sockets.add(socket)
          socket.once('close', () => sockets.delete(socket))
          proxy.serve(way, socket)
        },
        [Symbol.dispose]() {
          for (const socket of sockets) socket.destroy()
          const { up, down } = way.budget
          const bytes = { uploadBytes: up.spent, downloadBytes: down.spent }
          if (way.counted.allowed + way.counted.denied > 0) {
            onTotal(sandbox, { ...way.counted, ...bytes })
          }
        },
      }
    },
  }
}

/** A rate must not care when somebody sets the time. */
const monotonic: Clock = () => performance.now()

const limitsOf = (limits: EgressConfig['limits']) => ({
  uploadBytes: parseBytes(limits.upload) ?? 0,
  downloadBytes: parseBytes(limits.download) ?? 0,
  bytesPerSecond: parseBytes(limits.perSecond) ?? 0,
  connections: limits.connections,
})
