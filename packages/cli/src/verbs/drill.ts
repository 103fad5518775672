import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  findBlueprint,
  namedOrchestrator,
  readBlueprint,
  readLocalOrchestrator,
} from '@stuntdouble/sdk/node'
import { Blueprint } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { runDrill } from '../drill/drill.ts'
import { secretsOf } from '../drill/known-secrets.ts'
import { reportCard } from '../drill/report-card.ts'
import { exit } from '../exit-codes.ts'
import { openStatus } from '../output/status.ts'

interface Options {
  readonly blueprint?: string
}

export const addDrill: AddVerb = (parent, act) =>
  parent
    .command('drill')
    .description('attack a throwaway sandbox of this installation, and report what held')
    .option('--blueprint <file>', 'what it consists of; sandbox.yaml here by default')
    .action(act(drill))

async function drill(call: Call<Options>) {
  const { context, options } = call
  const { blueprint } = options.blueprint
    ? await readBlueprint(options.blueprint, context.cwd)
    : await findBlueprint(context.cwd)
  const control = await call.control({ config: true })
  const address = await addressOf(call)
  const report = await interruptible(context, async (signal) => {
    using status = openStatus(context)
    return await runDrill({
      ...{ control, address, signal, secrets: secretsOf(context.env) },
      // Nothing of the user’s goes along: the drill brings what it needs.
      blueprint: Blueprint.parse({ ...blueprint, workspace: { image: blueprint.workspace.image } }),
      onProgress: (progress) => status.show(progress),
    })
  })
  call.print(report, reportCard(report, context))
  if (!report.ok) return exit.refused
  return report.attacks.some(({ outcome }) => outcome === 'held') ? exit.ok : exit.failure
}

/** Of the orchestrator that the call has just used. */
async function addressOf({ context: { env } }: Call) {
  const named = namedOrchestrator({ env })
  if (named) return named
  const local = await readLocalOrchestrator(env)
  if (!local) throw gone()
  return { url: local.url, apiKey: local.key }
}

const gone = () =>
  new SandboxError('orchestrator_unreachable', 'The orchestrator ended before the drill began.', {
    hint: 'Run the command again.',
  })
