import { expect } from 'vitest'
import { type Attack, judge, wholeScript } from '../../packages/cli/src/drill/attack.ts'
import { type Scene, said } from './scene.ts'

/** Fails unless the attack gets through where nothing protects, and answers what it got. */
export async function expectThrough(attack: Attack, { plain }: Pick<Scene, 'plain'>) {
  const judgement = judge(await plain.said(wholeScript(attack)))
  expect(judgement.outcome, `${attack.title}: ${judgement.said}`).toBe('through')
  return judgement.said.split('; ')
}

/** Fails unless it was tried in a sandbox, and nothing got through. */
export async function expectHeld(attack: Attack, { box }: Pick<Scene, 'box'>): Promise<void> {
  const output = await said(box, wholeScript(attack))
  expect(judge(output), output).toEqual({ outcome: 'held', said: '' })
}
