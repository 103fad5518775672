import type { Duplex } from 'node:stream'
import {
  type Blueprint,
  type CredentialView,
  type EgressConfig,
  type EgressGrant,
  type EgressSpec,
  type EgressTestRequest,
  type EgressVerdict,
  parseBytes,
} from '@stuntdouble/sdk/wire'
import type { Clock } from '../lib/clock.ts'
import { type BrokerParts, createBroker } from './broker/broker.ts'
import { type Resolve, systemResolve } from './dial.ts'
import { explainUrl } from './explain-url.ts'
import type { Look } from './leaving.ts'
import { createPolicy } from './policy.ts'
import { createProxy } from './proxy.ts'
import { rulesOf } from './rules.ts'
import { createWay, type Decision, type RaisedAlarm } from './way.ts'

export { readValueIn } from './broker/read-value.ts'
export type { Decision, RaisedAlarm } from './way.ts'

/** What a blueprint asks for outside. */
export type Asked = Pick<Blueprint, 'egress' | 'credentials'>

/**
 * What leaves a sandbox: nothing but what its blueprint asks for and the operator allows, by HTTP and
 * by TLS in a tunnel. Everything else is answered at once with the reason.
 */
export interface Egress {
  /** Throws `policy_refused` when a blueprint asks for more than the operator allows. */
  admit(asked: Asked): void
  /** What a sandbox may reach of what it asks for, as the policy is now. */
  granted(spec: EgressSpec): EgressGrant[]
  /** The credentials that are put in for it, as the operator has them now. */
  credentials(names: readonly string[]): Record<string, CredentialView>
  /** Its placeholders for them, by the variable that holds each inside. */
  placeholders(sandbox: string, names: readonly string[]): Record<string, string>
  /** Which rule decides about an address. Nothing is sent, and no name looked up. */
  test(request: EgressTestRequest): EgressVerdict
  /** One sandbox’s way out. Disposal cuts what is open, and tells how much there was. */
  open(sandbox: string, asked: Asked): OpenEgress
}

export interface OpenEgress extends Disposable {
  /** Serves one connection that left the pod, until it ends. Never throws. */
  serve(socket: Duplex): void
  /**
   * The certificate that programs inside must trust so that credentials can be put in, good from one
   * moment to the other; undefined where there are none. Every process makes its own.
   */
  certificate(from: number, until: number): Promise<string | undefined>
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
  /** A placeholder where it does not belong, or a value in an answer. */
  readonly onAlarm: (sandbox: string, alarm: RaisedAlarm) => void
  readonly broker: BrokerParts
  /** The machine’s own when left out. */
  readonly resolve?: Resolve
}

export function createEgress({ config, onDecision, onTotal, ...parts }: EgressParts): Egress {
  const broker = createBroker(parts.broker)
  const policy = createPolicy(config.allow)
  const proxy = createProxy()
  const { resolve = systemResolve, look = () => () => false } = parts

  return {
    admit({ egress, credentials }) {
      policy.admit(egress)
      broker.admit(credentials)
    },
    granted: policy.granted,
    credentials: broker.views,
    placeholders: broker.variables,
    test: (request) => explainUrl(policy, broker, request),
    open(sandbox, asked) {
      const own = broker.open(sandbox, asked.credentials)
      let alarms = 0
      const way = createWay({
        ...{ policy, resolve, clock: monotonic, limits: limitsOf(config.limits) },
        asked: asked.egress.flatMap(rulesOf),
        broker: own,
        look: (where) => look(sandbox, where),
        onDecision: (decision) => onDecision(sandbox, decision),
        onAlarm(alarm) {
          alarms += 1
          if (alarms <= toldAlarms) parts.onAlarm(sandbox, alarm)
        },
      })
      const sockets = new Set<Duplex>()
      return {
        certificate: own.certificate,
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

/** Of one sandbox: it cannot fill the record with them, nor hide the first behind the last. */
const toldAlarms = 100

/** A rate must not care when somebody sets the time. */
const monotonic: Clock = () => performance.now()

const limitsOf = (limits: EgressConfig['limits']) => ({
  uploadBytes: parseBytes(limits.upload) ?? 0,
  downloadBytes: parseBytes(limits.download) ?? 0,
  bytesPerSecond: parseBytes(limits.perSecond) ?? 0,
  connections: limits.connections,
})
