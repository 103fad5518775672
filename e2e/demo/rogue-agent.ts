import type { Agent } from './attempt.ts'
import { attemptsToLeave } from './attempts-to-leave.ts'
import { attemptsToSteal } from './attempts-to-steal.ts'
import { attemptsToWreck } from './attempts-to-wreck.ts'
import type { Narrator } from './narrate.ts'

/** Lets the agent's worst day happen, and tells it. Answers the attempts whose promise did not hold. */
export async function goRogue(agent: Agent, narrator: Narrator): Promise<readonly string[]> {
  const broken: string[] = []
  for (const { title, run } of [...attemptsToSteal, ...attemptsToLeave, ...attemptsToWreck]) {
    await narrator.attempt(title)
    const { held, said } = await run(agent)
    await narrator.outcome(held, said)
    if (!held) broken.push(title)
  }
  return broken
}
