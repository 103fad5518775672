import type { Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import type { Authority } from './authority.ts'
import { type Budget, type BudgetLimits, createBudget } from './budget.ts'
import { type About, type Reason, Refusal, targetOf } from './denial.ts'
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
}

/** One sandbox’s way out, shared by all its connections. */
export interface Way {
  readonly budget: Budget
  readonly counted: { allowed: number; denied: number }
  /** For one thing that leaves, such as a body. */
  readonly look: (where: string) => Look
  /** Asks the policy. Throws a `Refusal`. */
  admit(want: Wanted): Admission
  /** Whether what goes there is plain HTTP, so that requests in a tunnel to it can be read. */
  readsInside(to: Authority): boolean
  /** Dials what was admitted, and records that. Throws a `Refusal`. */
  dial(admission: Admission, signal: AbortSignal): Promise<Socket>
  /** Records what does not leave. */
  refuse(refusal: Refusal, method: string): void
}

export interface Admission {
  readonly want: Wanted
  readonly rule: string
  readonly private: boolean
}

export interface WayParts {
  readonly policy: Policy
  readonly asked: readonly Rule[]
  readonly limits: BudgetLimits
  readonly resolve: Resolve
  readonly clock: Clock
  readonly look: (where: string) => Look
  readonly onDecision: (decision: Decision) => void
}

const shownCharacters = 255

export function createWay({ policy, asked, resolve, onDecision, ...parts }: WayParts): Way {
  const counted = { allowed: 0, denied: 0 }
  const note = (decision: Decision) => {
    counted[decision.allowed ? 'allowed' : 'denied'] += 1
    onDecision(decision)
  }

  return {
    counted,
    look: parts.look,
    budget: createBudget(parts.limits, parts.clock),
    admit(want) {
      const verdict = policy.decide(asked, want)
      if (!verdict.allowed) throw new Refusal(verdict.reason, want)
      return { want, rule: verdict.rule, private: verdict.private }
    },
    readsInside: (to) => policy.readsInside(asked, to),
    async dial({ want, rule, ...admission }, signal) {
      const socket = await dial({ ...want, ...admission }, resolve, signal)
      using unrecorded = new DisposableStack()
      unrecorded.defer(() => socket.destroy())
      note({ ...shown(want.method ?? 'CONNECT', want), allowed: true, rule, reason: null })
      unrecorded.move()
      return socket
    },
    refuse({ reason, about }, method) {
      note({ ...shown(method, about), allowed: false, rule: null, reason })
    },
  }
}

const shown = (method: string, about: About) => ({
  method: method.slice(0, 20),
  target: targetOf(about),
  path: about.path?.slice(0, shownCharacters) ?? null,
})
