import { describe } from 'vitest'
import { Sandbox } from '../sandbox/sandbox.ts'
import { describeCommands } from './contract-commands.ts'
import { describeEnds } from './contract-ends.ts'
import { describeFiles } from './contract-files.ts'
import { describeHandovers } from './contract-handovers.ts'
import { describeStates } from './contract-states.ts'

/** What STUNTDOUBLE_URL and STUNTDOUBLE_API_KEY lead to; it is there when tests run, and not before. */
export type ContractEnv = () => {
  readonly STUNTDOUBLE_URL: string
  readonly STUNTDOUBLE_API_KEY: string
}

export interface Contract {
  readonly env: ContractEnv
  /** A sandbox of the test’s own, which it ends. */
  open(): Promise<Sandbox>
}

/**
 * What whoever uses the SDK may count on. The double keeps it in memory, a real orchestrator with
 * containers: what a test of a user’s has seen of the one is so with the other. Its commands are those
 * of `contract-script.ts`.
 */
export function describeOrchestrator(name: string, env: ContractEnv): void {
  const open = () => Sandbox.create({ env: env(), blueprint: {}, ttl: '5m' })
  describe(name, () => {
    describeHandovers({ env, open })
    describeCommands({ env, open })
    describeFiles({ env, open })
    describeStates({ env, open })
    describeEnds({ env, open })
  })
}
