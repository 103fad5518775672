import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox, verifyReceipt } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import type { SandboxView } from '@stuntdouble/sdk/wire'
import { lineOf, listLeftovers } from '../lib/leftovers.ts'
import { wrongInside } from './kept-inside.ts'
import { holdings, type Told } from './operations.ts'
import { type CrashScene, noteInside } from './scene.ts'

const settledWithinMs = 60_000

/**
 * What is wrong after a crash and a restart, in words; empty when nothing is. Ends every sandbox but
 * the bystander, so that the next round finds the same as this one.
 */
export async function wrongAfter(scene: CrashScene, told: Told): Promise<readonly string[]> {
  const control = await scene.control()
  const rows = await settled(control, told)
  const living = rows.filter(({ state }) => state === 'ready')
  return [
    ...promises(rows, told),
    ...(living.some(({ id }) => id === scene.bystander.id) ? await bystander(scene) : []),
    ...(await traces(scene, living)),
    ...(await receipts(control, rows)),
    ...(await ends(scene, living, told)),
  ]
}

/** Where nothing can have survived it takes until somebody looked for every row to say so. */
async function settled(
  control: ControlClient,
  { nothingLives = false }: Told,
): Promise<readonly SandboxView[]> {
  const final = nothingLives ? ['ended'] : ['ready', 'ended']
  const late = Date.now() + settledWithinMs
  for (;;) {
    const rows = await control.listSandboxes({ all: true })
    if (rows.every(({ state }) => final.includes(state)) || Date.now() > late) return rows
    await sleep(50)
  }
}

function promises(rows: readonly SandboxView[], told: Told): readonly string[] {
  const stateOf = (id: string) => rows.find((row) => row.id === id)?.state ?? 'unknown'
  const ready = rows.filter(({ state }) => state === 'ready')
  const unsettled = rows.filter(({ state }) => state === 'creating' || state === 'ending')
  return [
    ...unsettled.map(({ id, state }) => `${id} is ${state} for ever`),
    ...(told.nothingLives ? ready.map(({ id }) => `${id} cannot run and is said to`) : []),
    ...told.lives
      .filter((id) => stateOf(id) !== 'ready')
      .map((id) => `${id}, handed out, is ${stateOf(id)}`),
    ...told.hasEnded
      .filter((id) => stateOf(id) !== 'ended')
      .map((id) => `${id}, said to have ended, is ${stateOf(id)}`),
  ]
}

async function bystander({ bystander: box }: CrashScene): Promise<readonly string[]> {
  const { stdout } = await box.commands
    .run(`cat ${noteInside}`)
    .catch((cause: Error) => ({ stdout: cause.message }))
  return stdout === 'from before' ? [] : [`the bystander says: ${stdout}`]
}

/** What the engine and the directories hold that no row speaks of. */
async function traces(
  scene: CrashScene,
  living: readonly SandboxView[],
): Promise<readonly string[]> {
  const { installation, home, docker } = scene
  const ids = living.map(({ id }) => id)
  const own = (name: string) =>
    name.startsWith(`stuntdouble.${installation}.`) || /^sn[0-9a-z]{12}/.test(name)
  const left = await listLeftovers(installation, docker)
  const strange = left.filter(({ pod, name, kind }) =>
    pod === undefined
      ? kind === 'container' || kind === 'volume'
        ? !own(name)
        : false
      : !ids.includes(pod),
  )
  const state = join(home.root, 'state/stuntdouble')
  const directories = await Promise.all([
    namesIn(join(home.root, 'run/stuntdouble', installation), ids),
    namesIn(
      join(state, 'baselines'),
      ids.map((id) => `${id}.tar`),
    ),
    namesIn(join(state, 'uploads'), [`${scene.workspace}.tar`]),
  ])
  return [...strange.map((each) => `nobody's: ${lineOf(each)}`), ...directories.flat()]
}

async function namesIn(directory: string, expected: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => [])
  return names
    .filter((name) => !expected.includes(name))
    .map((name) => `nobody's: ${join(directory, name)}`)
}

async function receipts(
  control: ControlClient,
  rows: readonly SandboxView[],
): Promise<readonly string[]> {
  const ended = rows.filter(({ state }) => state === 'ended')
  const wrong = await Promise.all(
    ended.map(async ({ id }) => {
      const receipt = await control.receipt(id)
      const isWhole = receipt.clean && (await verifyReceipt(receipt))
      return isWhole ? [] : [`the receipt of ${id}: ${receipt.doubts.join('; ') || 'not verified'}`]
    }),
  )
  return wrong.flat()
}

/** What is said to be ready can be used, ends cleanly, and leaves nothing. */
async function ends(
  scene: CrashScene,
  living: readonly SandboxView[],
  told: Told,
): Promise<readonly string[]> {
  const control = await scene.control()
  const made = living.filter(({ id }) => id !== scene.bystander.id)
  const boxes = await Promise.all(
    made.map(async ({ id }) => Sandbox.of(await control.handover(id), control)),
  )
  const inside = await wrongInside(scene, boxes, told)
  const wrong = await Promise.all(
    boxes.map(async (box) => {
      const { id } = box
      const { stdout } = await box.commands.run(holdings)
      const receipt = await control.destroySandbox(id)
      return [
        ...(told.holds.includes(stdout) ? [] : [`${id} is ready and says: ${stdout}`]),
        ...receipt.doubts,
      ]
    }),
  )
  const bystander = { id: scene.bystander.id } as SandboxView
  return [...inside, ...wrong.flat(), ...(made.length > 0 ? await traces(scene, [bystander]) : [])]
}
