import type { ControlClient } from '@stuntdouble/sdk/client'
import { controlClient, namedOrchestrator } from '@stuntdouble/sdk/node'
import type { Context } from '../context.ts'
import { findRunning } from '../local/local.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

/** Who presses Tab waits, so an answer that is late is none. */
const answerWithinMs = 1_500

/** Asks an orchestrator that runs; never starts one, never fails, and says nothing. */
export async function namesOf(
  context: Context,
  wanted: string,
  operands: readonly string[],
): Promise<readonly string[]> {
  const ask = questions[wanted]
  if (!ask) return []
  const late = Promise.withResolvers<readonly string[]>()
  const timer = setTimeout(() => late.resolve([]), answerWithinMs)
  const asked = running(context).then((control) => (control ? ask(control, operands) : []))
  try {
    return await Promise.race([asked, late.promise])
  } catch {
    return []
  } finally {
    clearTimeout(timer)
  }
}

async function running(context: Context): Promise<ControlClient | undefined> {
  const named = namedOrchestrator({ env: context.env })
  return named ? controlClient(named) : (await findRunning(context))?.control
}

type Ask = (control: ControlClient, operands: readonly string[]) => Promise<readonly string[]>

const sandboxes: Ask = async (control, operands) =>
  (await control.listSandboxes()).map(({ id }) => id).filter((id) => !operands.includes(id))

const checkpoints: Ask = async (control, [id = '']) =>
  (await control.checkpoints(await findSandbox(control, id))).map(({ name }) => name)

const databases: Ask = async (control, [id = '']) =>
  Object.keys((await control.sandbox(await findSandbox(control, id))).databases)

const snapshots: Ask = async (control) => (await control.listSnapshots()).map(({ id }) => id)

const sources: Ask = async (control) => (await control.listSources()).map(({ name }) => name)

/** By what help calls them between brackets. */
const questions: Readonly<Record<string, Ask>> = {
  id: sandboxes,
  ids: sandboxes,
  checkpoint: checkpoints,
  checkpoints,
  database: databases,
  snapshot: snapshots,
  snapshots,
  source: sources,
}
