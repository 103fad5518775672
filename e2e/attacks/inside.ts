import { expect } from 'vitest'
import { type Attack, judge, wholeScript } from '../../packages/cli/src/drill/attack.ts'
import { isGivenBySecondKernel } from '../../packages/cli/src/drill/second-kernel.ts'
import { type Scene, said } from './scene.ts'

/** Fails unless the attack gets through where nothing protects, and answers what it got. */
export async function expectThrough(attack: Attack, { plain }: Pick<Scene, 'plain'>) {
  const judgement = judge(await plain.said(wholeScript(attack)))
  expect(judgement.outcome, `${attack.title}: ${judgement.said}`).toBe('through')
  return judgement.said.split('; ')
}

/** Fails unless it was tried in a sandbox, and in one behind a second kernel, and nothing got through. */
export async function expectHeld(attack: Attack, scene: Pick<Scene, 'box' | 'behind'>) {
  const output = await said(scene.box, wholeScript(attack))
  expect(judge(output), output).toEqual({ outcome: 'held', said: '' })
  const behind = await said(scene.behind, wholeScript(attack))
  const judgement = judge(behind, isGivenBySecondKernel)
  expect(judgement, `behind a second kernel: ${behind}`).toEqual({ outcome: 'held', said: '' })
}
