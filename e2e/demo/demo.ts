import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { Sandbox } from '@stuntdouble/sdk'
import type { Handover } from '@stuntdouble/sdk/wire'
import type { Target } from '../../packages/cli/src/drill/attacks/network.ts'
import type { Production } from '../lib/production.ts'
import type { Stuntdouble } from '../lib/stuntdouble.ts'
import { assess, endSandbox } from './aftermath.ts'
import { endKept, keep } from './kept.ts'
import { crownJewelsOf } from './loot.ts'
import { Narrator } from './narrate.ts'
import { goRogue } from './rogue-agent.ts'
import { compare, openProject, raiseProduction, review, snapshot, up } from './stage.ts'

// A coding agent's worst day, on production's stunt double. Ends with 1 when any promise was broken.
// --keep leaves sandbox and production up; --end ends what an earlier --keep left.
const { values } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, end: { type: 'boolean', default: false } },
})
const narrator = new Narrator()

if (values.end) {
  console.log(
    (await endKept()) ? 'The kept sandbox and its production are gone.' : 'Nothing was kept.',
  )
} else {
  process.exitCode = (await demo()) ? 0 : 1
}

/** Whether every promise held. */
async function demo(): Promise<boolean> {
  await using resources = disposedOnInterrupt()
  const production = resources.use(await raiseProduction(narrator))
  const project = resources.use(await openProject(production))
  try {
    const broken = await story(production, project)
    if (values.keep) {
      await keep({ root: project.root, productionId: production.id })
      resources.move()
    }
    return broken.length === 0
  } catch (cause) {
    console.error(`\n${cause instanceof Error ? cause.message : cause}`)
    return false
  }
}

/** Answers the promises that were broken. */
async function story(production: Production, project: Stuntdouble): Promise<readonly string[]> {
  await review(project, narrator)
  await snapshot(project, narrator)
  const handover = await up(project, narrator)
  const broken = await worstDay({ production, project, handover })
  await nextSteps(handover)
  return broken
}

interface Scene {
  readonly production: Production
  readonly project: Stuntdouble
  readonly handover: Handover
}

async function worstDay({ production, project, handover }: Scene): Promise<readonly string[]> {
  const ghost = `ghost-${randomBytes(6).toString('hex')}`
  const before = await production.checksums()
  const box = await Sandbox.connect(handover.url)
  await compare({ production, box }, narrator)
  await narrator.chapter('The worst day of a coding agent')
  const jewels = await crownJewelsOf(production)
  const agent = { box, jewels, ghost, targets: await targetsOf(production) }
  const broken = [...(await goRogue(agent, narrator))]
  broken.push(...(await assess({ production, before, project }, narrator)))
  if (!values.keep)
    broken.push(...(await endSandbox({ project, id: handover.id, ghost }, narrator)))
  for (const promise of broken) await narrator.outcome(false, promise)
  return broken
}

/** As it is published, as its container is addressed, and by names one would try. */
async function targetsOf({ host, port, internalAddress }: Production): Promise<readonly Target[]> {
  return [
    { host, port },
    { host: '172.17.0.1', port },
    { host: internalAddress, port: 5432 },
    { host: 'host.docker.internal', port },
    { host: 'production', port: 5432 },
  ]
}

async function nextSteps({ url, id }: Handover): Promise<void> {
  if (values.keep) {
    await narrator.chapter('Kept')
    await narrator.say(`${id} is yours until its lease ends: ${url}`)
    await narrator.command('./script/demo --end', 'ends it, its production, and everything else')
  }
  await narrator.chapter('Next: your own database, with a read-only role in stuntdouble.yaml')
  await narrator.command('./sandbox data review', 'proposes masking.yaml; read it, it is yours')
  await narrator.command('./sandbox snapshot build', 'a masked, verified, sealed copy')
  await narrator.command('./sandbox up', 'hand the URL to your agent')
}

/** Ctrl-C leaves nothing behind either. */
function disposedOnInterrupt(): AsyncDisposableStack {
  const resources = new AsyncDisposableStack()
  process.once('SIGINT', async () => {
    console.error('\nEnding everything that was started …')
    await resources.disposeAsync()
    process.exit(130)
  })
  return resources
}
