import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../lib/container-runtime.ts'
import { listLeftovers } from '../lib/leftovers.ts'
import { wrongAfter } from './aftermath.ts'
import { create, destroy, type Operation } from './operations.ts'
import { type Blow, blowsOf, idleCalls, killAt, nameOf, type Round } from './rounds.ts'
import { type CrashScene, openCrashScene } from './scene.ts'

/** So many installations at once, for a round waits more than it works. */
const lanes = 2
const scenes: CrashScene[] = []
let idle: ReadonlySet<string>

beforeAll(async () => {
  const docker = await openEngine()
  const socketPath = '/var/run/docker.sock'
  while (scenes.length < lanes) scenes.push(await openCrashScene({ socketPath, docker }))
  idle = await idleCalls(first())
})
afterAll(async () => {
  for (const scene of scenes) await scene[Symbol.asyncDispose]()
})

function first(): CrashScene {
  const [scene] = scenes
  if (!scene) throw new Error('no scene')
  return scene
}

/** Of looks that come by the clock some runs have one more. */
async function everyRound(operation: Operation) {
  const blows = [...(await blowsOf(first(), operation))]
  const again = new Set((await blowsOf(first(), operation)).map(nameOf))
  const rounds: Round[] = []
  await Promise.all(
    scenes.map(async (scene) => {
      for (let blow = blows.shift(); blow; blow = blows.shift()) {
        rounds.push(await killAt(scene, operation, blow))
      }
    }),
  )
  const missed = rounds.filter(({ struck }) => !struck).map(({ blow }) => blow)
  return { rounds, missed: missed.filter((blow) => !isIdle(blow) && again.has(nameOf(blow))) }
}

const isIdle = (blow: Blow) => 'step' in blow && idle.has(blow.step.name)

test('what a killed orchestrator leaves is seen, as long as none comes after it', async () => {
  const scene = first()
  const control = await scene.control()
  const target = { name: 'POST /containers/create?name=sd-sb*-workspace', nth: 1 }
  const { strike } = scene.orchestrator
  scene.proxy.watch({ ...target, when: 'after', strike })
  await expect(create.run(control, scene.workspace)).rejects.toThrow()

  const left = await listLeftovers(scene.installation, scene.docker)
  const nobodys = left.filter(({ pod }) => pod !== undefined && pod !== scene.bystander.id)
  expect(new Set(nobodys.map(({ kind }) => kind))).toEqual(new Set(['container', 'volume']))
  await scene.restart()
  expect(await wrongAfter(scene, { lives: [], hasEnded: [] })).toEqual([])
})

describe.each([create, destroy])('an orchestrator killed in the middle of a $name', (operation) => {
  test('at any call and any write leaves nothing, loses nothing and says nothing untrue', async () => {
    const { rounds, missed } = await everyRound(operation)

    expect(
      rounds.flatMap(({ blow, wrong }) => wrong.map((word) => `${nameOf(blow)}: ${word}`)),
    ).toEqual([])
    expect(missed.map(nameOf)).toEqual([])
    const struck = rounds.filter((round) => round.struck).length
    expect(struck).toBeGreaterThan(30)
    console.log(`${operation.name}: killed at ${struck} moments`)
  }, 900_000)
})
