import { setTimeout as sleep } from 'node:timers/promises'
import { wrongAfter } from './aftermath.ts'
import type { Operation } from './operations.ts'
import type { CrashScene } from './scene.ts'
import type { Moment, Step } from './step-watch.ts'

/** One moment of an operation: at a call to the engine, or after a write to the journal. */
export type Blow = { readonly step: Step; readonly when: Moment } | { readonly write: number }

export interface Round {
  readonly blow: Blow
  /** Whether that moment came; what the orchestrator does every second need not come again. */
  readonly struck: boolean
  readonly wrong: readonly string[]
}

const idleMs = 4_000
const quietMs = 2_000

/** Every moment of an operation in which nothing goes wrong. */
export async function blowsOf(scene: CrashScene, operation: Operation): Promise<readonly Blow[]> {
  const prepared = await operation.prepare(await scene.control(), scene.workspace)
  await begin(scene)
  await scene.orchestrator.countWrites()
  const watch = scene.proxy.watch()
  await operation.run(await scene.control(), prepared)
  const steps = [...watch.steps]
  const writes = await scene.orchestrator.writes()
  return [
    ...steps.flatMap((step) => momentsOf(step).map((when) => ({ step, when }))),
    ...Array.from({ length: writes }, (_, index) => ({ write: index + 1 })),
  ]
}

/** What follows is of a process that has just started, and does again what each does once. */
async function begin(scene: CrashScene): Promise<void> {
  scene.orchestrator.strike()
  await scene.restart()
}

/** Where nothing is changed, who is killed before and after leaves the same. */
const momentsOf = ({ name }: Step): readonly Moment[] =>
  name.startsWith('GET ') ? ['after'] : ['before', 'after']

/** What an orchestrator says to its engine when it has just started and nobody asks for anything. */
export async function idleCalls(scene: CrashScene): Promise<ReadonlySet<string>> {
  await begin(scene)
  const watch = scene.proxy.watch()
  await sleep(idleMs)
  return new Set(watch.steps.map(({ name }) => name))
}

/** Resolves when it has taken up what was left: for so long it has only asked its engine. */
export async function quiet(scene: CrashScene): Promise<void> {
  for (let changes = -1; changes !== 0; ) {
    const watch = scene.proxy.watch()
    await sleep(quietMs)
    changes = watch.steps.filter(({ name }) => !name.startsWith('GET ')).length
  }
}

/** Kills the orchestrator at that moment of an operation, starts it again, and looks at what is. */
export async function killAt(scene: CrashScene, operation: Operation, blow: Blow): Promise<Round> {
  const strike = () => scene.orchestrator.strike()
  const { told, struck } = await strikeAt(scene, { operation, blow, strike })
  strike()
  await scene.restart()
  const lives = [...told.lives, scene.bystander.id]
  return { blow, struck, wrong: await wrongAfter(scene, { ...told, lives }) }
}

interface Plan {
  readonly operation: Operation
  readonly blow: Blow
  /** Kills whoever is to be killed at that moment. */
  readonly strike: () => void
}

/** What its caller was told; that nothing was is how a strike shows. */
export async function strikeAt(scene: CrashScene, { operation, blow, strike }: Plan) {
  const prepared = await operation.prepare(await scene.control(), scene.workspace)
  if (operation.beginsAnew) await begin(scene)
  const control = await scene.control()
  if ('write' in blow) await scene.orchestrator.countWrites(blow.write)
  else scene.proxy.watch({ ...blow.step, when: blow.when, strike })
  const told = await operation.run(control, prepared).catch(() => undefined)
  return { told: told ?? operation.atLeast(prepared), struck: told === undefined }
}

export const nameOf = (blow: Blow) =>
  'write' in blow
    ? `after write ${blow.write}`
    : `${blow.when} ${blow.step.name}, time ${blow.step.nth}`
