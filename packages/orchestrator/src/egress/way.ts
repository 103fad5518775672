import type { Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import type { Authority } from './authority.ts'
import type { OpenBroker } from './broker/broker.ts'
import { type Budget, type BudgetLimits, createBudget } from './budget.ts'
import { type About, type Alarm, type Reason, Refusal, targetOf } from './denial.ts'
import { dial, type Resolve } from './dial.ts'
import type { Look } from './leaving.ts'
import type { Policy } from './policy.ts'
import type { Rule, Wanted } from './rules.ts'

/** One decision, as it is recorded: no body, no header, no query. */
export interface Decision {
  readonly allowed: boolean
  /** Empty where no request could be read. */
  readonly method: string
  /** `host:port`, or `unreadable`. */
  readonly target: string
  /** Null in a tunnel, where nobody sees it. */
  readonly path: string | null
  /** The operator’s rule that allowed it. */
  readonly rule: string | null
  readonly reason: Reason | null
  /** Credentials whose values were put in. */
  readonly credentials?: readonly string[]
}

/** Something to tell the operator about one request. */
export type RaisedAlarm = Alarm & Pick<Decision, 'method' | 'target' | 'path'>

/** One sandbox’s way out, shared by all its connections. */
export interface Way {
  readonly budget: Budget
  readonly counted: { allowed: number; denied: number }
  /** For one thing that leaves, such as a body. */
  readonly look: (where: string) => Look
  readonly broker: OpenBroker
  /** Asks the policy. Throws a `Refusal`. */
  admit(want: Wanted): Admission
  /** Whether what goes there is plain HTTP, so that requests in a tunnel to it can be read. */
  readsInside(to: Authority): boolean
  /** Dials what was admitted, and records that. Throws a `Refusal`. */
  dial(admission: Admission, signal: AbortSignal): Promise<Socket>
  /** Records what does not leave, and raises the alarm that comes with it. */
  refuse(refusal: Refusal, method: string): void
  raise(alarm: Alarm, about: About): void
}

export interface Admission {
  readonly want: Wanted
  readonly rule: string
  readonly private: boolean
  readonly credentials?: readonly string[]
}

export interface WayParts {
  readonly policy: Policy
  readonly broker: OpenBroker
  readonly asked: readonly Rule[]
  readonly limits: BudgetLimits
  readonly resolve: Resolve
  readonly clock: Clock
  readonly look: (where: string) => Look
  readonly onDecision: (decision: Decision) => void
  readonly onAlarm: (alarm: RaisedAlarm) => void
}

const shownCharacters = 255

export function createWay({ policy, broker, asked, resolve, ...parts }: WayParts): Way {
  const counted = { allowed: 0, denied: 0 }
  const note = (decision: Decision) => {
    counted[decision.allowed ? 'allowed' : 'denied'] += 1
    parts.onDecision(decision)
  }

  return {
    counted,
    look: parts.look,
    broker,
    budget: createBudget(parts.limits, parts.clock),
    admit(want) {
      const verdict = policy.decide(asked, want, broker.rules)
      if (!verdict.allowed) throw new Refusal(verdict.reason, want)
      return { want, rule: verdict.rule, private: verdict.private }
    },
    readsInside: (to) => policy.readsInside(asked, to),
    async dial({ want, rule, credentials = [], ...admission }, signal) {
      const socket = await dial({ ...want, ...admission }, resolve, signal)
      using unrecorded = new DisposableStack()
      unrecorded.defer(() => socket.destroy())
      const put = credentials.length > 0 && { credentials }
      note({ ...shown(want.method ?? 'CONNECT', want), allowed: true, rule, reason: null, ...put })
      unrecorded.move()
      return socket
    },
    raise: (alarm, about) => parts.onAlarm({ ...alarm, ...shown(about.method ?? '', about) }),
    refuse({ reason, about, alarm }, method) {
      if (alarm) parts.onAlarm({ ...alarm, ...shown(method, about) })
      note({ ...shown(method, about), allowed: false, rule: null, reason })
    },
  }
}

const shown = (method: string, about: About) => ({
  method: method.slice(0, 20),
  target: targetOf(about),
  path: about.path?.slice(0, shownCharacters) ?? null,
})
