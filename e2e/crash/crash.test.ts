import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listLeftovers } from '../lib/leftovers.ts'
import { wrongAfter } from './aftermath.ts'
import { type Lanes, openLanes, wrongIn } from './lanes.ts'
import { create, destroy } from './operations.ts'
import { nameOf } from './rounds.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes?.[Symbol.asyncDispose]())

test('what a killed orchestrator leaves is seen, as long as none comes after it', async () => {
  const scene = lanes.first
  const control = await scene.control()
  const target = { name: 'POST /containers/create?name=sd-sb*-workspace', nth: 1 }
  const { strike } = scene.orchestrator
  scene.proxy.watch({ ...target, when: 'after', strike })
  await expect(create.run(control, scene.workspace)).rejects.toThrow()

  const left = await listLeftovers(scene.installation, scene.docker)
  const nobodys = left.filter(({ pod }) => pod !== undefined && pod !== scene.bystander.id)
  expect(new Set(nobodys.map(({ kind }) => kind))).toEqual(new Set(['container', 'volume']))
  await scene.restart()
  expect(await wrongAfter(scene, create.atLeast(scene.workspace))).toEqual([])
})

describe.each([create, destroy])('an orchestrator killed in the middle of a $name', (operation) => {
  test('at any call and any write leaves nothing, loses nothing and says nothing untrue', async () => {
    const { rounds, missed } = await lanes.killThrough(operation)

    expect(wrongIn(rounds)).toEqual([])
    expect(missed.map(nameOf)).toEqual([])
    const struck = rounds.filter((round) => round.struck).length
    expect(struck).toBeGreaterThan(30)
    console.log(`${operation.name}: killed at ${struck} moments`)
  }, 900_000)
})
