import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { wrongAfter } from './aftermath.ts'
import {
  create,
  createOne,
  destroy,
  fork,
  nothingSaid,
  type Operation,
  rollback,
} from './operations.ts'
import { PrivateEngine } from './private-engine.ts'
import { type Blow, blowsOf, nameOf, quiet, strikeAt } from './rounds.ts'
import { type CrashScene, openCrashScene } from './scene.ts'

// biome-ignore lint/style/noProcessEnv: script/crash says whether all of them
const everyMoment = process.env.CRASH_ALL !== undefined
/** Prime, for calls come in a rhythm. An engine takes seconds to come back. */
const stride = everyMoment ? 1 : 17

const scope = new AsyncDisposableStack()
afterAll(() => scope.disposeAsync(), 120_000)

let engine: PrivateEngine
let scene: CrashScene
let bridge: string
beforeAll(async () => {
  bridge = await machineBridge()
  engine = scope.use(await PrivateEngine.open())
  scene = scope.use(await openCrashScene(engine))
})

/** A test that failed may have left both dead; they are what removes everything. */
afterEach(async () => {
  if (!engine.isRunning) await engine.start()
  if (scene.orchestrator.isGone) await scene.restart()
}, 120_000)

/** The number of the bridge that an engine without one removes; another when it was made again. */
const machineBridge = () => readFile('/sys/class/net/docker0/ifindex', 'utf8').catch(() => 'none')

const nothingLives = { ...nothingSaid(), nothingLives: true }

/** Moments at which the engine hears something; a journal has no part in its end. */
async function momentsOf(operation: Operation): Promise<readonly Blow[]> {
  const blows = (await blowsOf(scene, operation)).filter((blow) => 'step' in blow)
  return blows.filter((_, index) => index % stride === stride - 1)
}

/** What is wrong once the engine is back. The orchestrator has lived through it. */
async function killEngineAt(operation: Operation, blow: Blow): Promise<readonly string[]> {
  const { told } = await strikeAt(scene, { operation, blow, strike: engine.kill })
  scene.proxy.watch()
  engine.kill()
  await engine.gone()
  await engine.start()
  const wrong = await wrongAfter(scene, { ...nothingLives, hasEnded: told.hasEnded })
  return wrong.map((words) => `${nameOf(blow)}: ${words}`)
}

const operations = [create, fork, rollback, destroy]

describe.each(operations)('an engine killed in the middle of a $name', (operation) => {
  test('is waited for, and what died with it leaves nothing', async () => {
    const moments = await momentsOf(operation)
    const wrong: string[] = []
    for (const blow of moments) wrong.push(...(await killEngineAt(operation, blow)))

    expect(wrong).toEqual([])
    console.log(`${operation.name}: the engine killed at ${moments.length} moments`)
  }, 10_800_000)
})

const ttl = '45s'
/** The gate looks once a second. */
const untilTheEnd = { timeout: 48_000, interval: 250 }

/** The same operations, on sandboxes that end soon. */
const brief = {
  create: {
    ...create,
    run: async (control, workspace) => {
      return { ...nothingSaid(), lives: [await createOne(control, workspace, ttl)] }
    },
  },
  fork: {
    ...fork,
    prepare: (control, workspace) => createOne(control, workspace, ttl),
    run: async (control, id) => {
      const forks = await control.fork(id, { ttl })
      return { ...nothingSaid(), lives: forks.map((each) => each.id) }
    },
  },
  destroy: { ...destroy, prepare: (control, workspace) => createOne(control, workspace, ttl) },
} satisfies Record<string, Operation>

describe('an orchestrator and its engine, both killed', () => {
  test.each([
    { of: 'create', when: 'after', name: 'POST /containers/ID/start', nth: 1 },
    { of: 'create', when: 'after', name: 'POST /containers/ID/start', nth: 2 },
    { of: 'fork', when: 'after', name: 'POST /containers/ID/start', nth: 1 },
    { of: 'destroy', when: 'before', name: 'DELETE /containers/ID?force=true&v=true', nth: 1 },
  ] as const)(
    '$when $name ($nth) of a $of, leave no process after the deadline',
    async (moment) => {
      const { of, when, ...step } = moment
      let hasCome = false
      const strike = () => {
        hasCome = true
        engine.kill()
        scene.orchestrator.strike()
      }
      await quiet(scene)
      // The pool has no lease, nor has the bystander one that ends here.
      await engine.spare()
      await strikeAt(scene, { operation: brief[of], blow: { step, when }, strike })
      expect(hasCome).toBe(true)
      await engine.gone()
      expect(await engine.processes()).not.toEqual([])
      await expect.poll(() => engine.processes(), untilTheEnd).toEqual([])

      await engine.start()
      await scene.restart()
      expect(await wrongAfter(scene, nothingLives)).toEqual([])
    },
  )
})

test('the bridge of the machine’s own engine is still there', async () => {
  expect(await machineBridge()).toBe(bridge)
})
