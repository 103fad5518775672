import type { Sandbox } from '@stuntdouble/sdk'
import { type Attack, judge, wholeScript } from '../../packages/cli/src/drill/attack.ts'
import type { Target } from '../../packages/cli/src/drill/attacks/network.ts'
import type { CrownJewels } from './loot.ts'

/** One thing that an agent on its worst day tries. */
export interface Attempt {
  readonly title: string
  run(agent: Agent): Promise<Outcome>
}

export interface Agent {
  readonly box: Sandbox
  /** Addresses and names at which somebody might reach production. */
  readonly targets: readonly Target[]
  /** Knows the real values; the agent itself does not. */
  readonly jewels: CrownJewels
  /** Stands in the command line of what is meant to outlive the sandbox. */
  readonly ghost: string
}

export interface Outcome {
  /** Whether the promise held. */
  readonly held: boolean
  readonly said: string
}

/** Runs a line in the sandbox; both streams together, whatever the exit code. */
export async function attempt(agent: Agent, line: string): Promise<string> {
  const { stdout, stderr } = await agent.box.commands.run(line, { timeoutMs: 60_000 })
  return stdout + stderr
}

/** One of the attacks that `sandbox drill` runs as well; what was not tried did not hold. */
export async function attack(agent: Agent, tried: Attack, said: string): Promise<Outcome> {
  const judgement = judge(await attempt(agent, wholeScript(tried)))
  return judgement.outcome === 'held'
    ? { held: true, said }
    : { held: false, said: `${judgement.outcome}: ${judgement.said}` }
}

/** For attempts whose output must hold nothing real. */
export function noJewels(agent: Agent, output: string, said: string): Outcome {
  const found = agent.jewels.in(output).length
  return { held: found === 0, said: found === 0 ? said : `${found} real values were found` }
}
