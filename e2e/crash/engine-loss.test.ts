import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wrongAfter } from './aftermath.ts'
import { create, createOne, destroy, type Operation } from './operations.ts'
import { PrivateEngine } from './private-engine.ts'
import { type Blow, blowsOf, nameOf, strikeAt } from './rounds.ts'
import { type CrashScene, openCrashScene } from './scene.ts'

// biome-ignore lint/style/noProcessEnv: who releases asks for all of them, which takes half an hour
const everyMoment = process.env.CRASH_ALL !== undefined
/** An engine takes seconds to come back, so that every ninth moment must do where nobody waits. */
const stride = everyMoment ? 1 : 9
const shortTtl = '15s'
/** The gate looks once a second. */
const untilTheEndMs = 18_000

const scope = new AsyncDisposableStack()
afterAll(() => scope.disposeAsync())

let engine: PrivateEngine
let scene: CrashScene
beforeAll(async () => {
  engine = scope.use(await PrivateEngine.open())
  scene = scope.use(await openCrashScene(engine))
})

const nothingLives = { lives: [], hasEnded: [], nothingLives: true }

/** Moments at which the engine hears something; a journal has no part in its end. */
async function sampleOf(operation: Operation): Promise<readonly Blow[]> {
  const blows = (await blowsOf(scene, operation)).filter((blow) => 'step' in blow)
  return blows.filter((_, index) => index % stride === stride - 1)
}

describe.each([create, destroy])('an engine killed in the middle of a $name', (operation) => {
  test('is waited for, and what died with it leaves nothing', async () => {
    const wrong: string[] = []
    for (const blow of await sampleOf(operation)) {
      const { told } = await strikeAt(scene, { operation, blow, strike: engine.kill })
      scene.proxy.watch()
      engine.kill()
      await engine.gone()
      await engine.start()
      const found = await wrongAfter(scene, { ...nothingLives, hasEnded: told.hasEnded })
      wrong.push(...found.map((words) => `${nameOf(blow)}: ${words}`))
    }

    expect(wrong).toEqual([])
  }, 3_600_000)
})

describe('an orchestrator and its engine, both killed', () => {
  const brief: Operation = {
    ...create,
    run: async (...[control, workspace]) => ({
      ...{ lives: [await createOne(control, workspace, shortTtl)], hasEnded: [] },
    }),
  }

  test.each([
    { name: 'POST /containers/ID/start', nth: 1 },
    { name: 'POST /containers/ID/start', nth: 2 },
    { name: 'GET /containers/ID/json', nth: 2 },
  ])('at $name ($nth), and not started before the deadline, leave no process', async (step) => {
    const strike = () => {
      engine.kill()
      scene.orchestrator.strike()
    }
    const blow = { step, when: 'after' } as const
    // The pool has no lease, nor has the bystander one that ends here.
    await engine.spare()
    expect(await strikeAt(scene, { operation: brief, blow, strike })).toMatchObject({
      struck: true,
    })
    await engine.gone()
    expect(await engine.processes()).not.toEqual([])
    await sleep(untilTheEndMs)
    expect(await engine.processes()).toEqual([])

    await engine.start()
    await scene.restart()
    expect(await wrongAfter(scene, nothingLives)).toEqual([])
  })
})
