import { openEngine } from '../lib/container-runtime.ts'
import type { Operation } from './operations.ts'
import { type Blow, blowsOf, idleCalls, killAt, nameOf, type Round } from './rounds.ts'
import { type CrashScene, openCrashScene } from './scene.ts'

/** So many installations at once, for a round waits more than it works. */
const width = 2

/** How often a moment is waited for: of looks that are taken until something is there, a run has more or fewer. */
const tries = 3

export interface Rounds {
  readonly rounds: readonly Round[]
  /** Moments that come whenever it is done, and did not come however often somebody waited for them. */
  readonly missed: readonly Blow[]
}

/** Installations alike, in which the moments of an operation are gone through side by side. */
export interface Lanes extends AsyncDisposable {
  readonly first: CrashScene
  /** Kills at every moment, or at the last one of every `stride`. */
  killThrough(operation: Operation, stride?: number): Promise<Rounds>
}

export async function openLanes(): Promise<Lanes> {
  await using scope = new AsyncDisposableStack()
  const engine = { socketPath: '/var/run/docker.sock', docker: await openEngine() }
  const first = scope.use(await openCrashScene(engine))
  const scenes = [first]
  while (scenes.length < width) scenes.push(scope.use(await openCrashScene(engine)))
  const idle = await idleCalls(first)
  const isIdle = (blow: Blow) => 'step' in blow && idle.has(blow.step.name)

  async function killThrough(operation: Operation, stride = 1): Promise<Rounds> {
    const blows = everyNth(await blowsOf(first, operation), stride)
    // Of looks that come by the clock some runs have one more.
    const again = new Set((await blowsOf(first, operation)).map(nameOf))
    const isSure = (blow: Blow) => !isIdle(blow) && again.has(nameOf(blow))
    const rounds: Round[] = []
    await Promise.all(
      scenes.map(async (scene) => {
        for (let blow = blows.shift(); blow; blow = blows.shift()) {
          const waits = isSure(blow) ? tries : 1
          rounds.push(...(await waitFor(waits, () => killAt(scene, operation, blow))))
        }
      }),
    )
    const struck = new Set(rounds.filter((round) => round.struck).map(({ blow }) => blow))
    const missed = new Set(rounds.map(({ blow }) => blow)).difference(struck)
    return { rounds, missed: [...missed].filter(isSure) }
  }

  const parts = scope.move()
  return { first, killThrough, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

/** Every round of them counts: what was not struck must be as right as what was. */
async function waitFor(times: number, round: () => Promise<Round>): Promise<readonly Round[]> {
  const first = await round()
  return first.struck || times === 1 ? [first] : [first, ...(await waitFor(times - 1, round))]
}

const everyNth = <T>(all: readonly T[], stride: number) =>
  all.filter((_, index) => index % stride === stride - 1)

/** What was wrong, each with the moment at which its orchestrator was killed. */
export const wrongIn = (rounds: readonly Round[]) =>
  rounds.flatMap(({ blow, wrong }) => wrong.map((words) => `${nameOf(blow)}: ${words}`))
