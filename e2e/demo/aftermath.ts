import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyReceipt } from '@stuntdouble/sdk'
import type { Receipt } from '@stuntdouble/sdk/wire'
import { processesNamed } from '../../packages/cli/src/drill/attacks/ghost.ts'
import type { Checksums } from '../lib/checksums.ts'
import { listLeftovers } from '../lib/leftovers.ts'
import type { Production } from '../lib/production.ts'
import type { Stuntdouble } from '../lib/stuntdouble.ts'
import type { Narrator } from './narrate.ts'

interface Damage {
  readonly production: Production
  readonly before: Checksums
  readonly project: Stuntdouble
}

/** What the day did to the real things. Answers what was broken. */
export async function assess(damage: Damage, narrator: Narrator): Promise<readonly string[]> {
  const { production, before, project } = damage
  await narrator.chapter('Meanwhile, in production')
  const after = await production.checksums()
  const changed = Object.keys({ ...before, ...after }).filter((it) => before[it] !== after[it])
  await narrator.say(`${Object.keys(after).length} tables, checksums of every row compared.`)
  await narrator.outcome(
    changed.length === 0,
    changed.length === 0 ? 'not one of them changed' : `changed: ${changed.join(', ')}`,
  )
  const files = await Promise.allSettled(
    ['.env', 'src/report.js'].map((name) => access(join(project.project, name))),
  )
  const kept = files.every(({ status }) => status === 'fulfilled')
  await narrator.outcome(kept, 'the project directory is as it was')
  return [
    ...changed.map((table) => `production's ${table} changed`),
    ...(kept ? [] : ['files of the project are gone']),
  ]
}

interface Ending {
  readonly project: Stuntdouble
  readonly id: string
  readonly ghost: string
}

/** Ends the sandbox and looks for anything of it. Answers what was broken. */
export async function endSandbox(ending: Ending, narrator: Narrator): Promise<readonly string[]> {
  const { project, id, ghost } = ending
  await narrator.chapter('The end')
  const ghosts = await processesNamed(ghost)
  const seen = ghosts.length > 0 ? ` It is PID ${ghosts.join(', ')} of this machine.` : ''
  await narrator.say(`The process it left behind still runs.${seen}`)
  await narrator.command(`sandbox down ${id.slice(0, 6)}`)
  const receipt = (await project.run(['down', id, '--json'])).stdout
  return await check(JSON.parse(receipt) as Receipt, ending, narrator)
}

async function check(receipt: Receipt, ending: Ending, narrator: Narrator) {
  const installation = (await ending.project.installation()) ?? ''
  const left = (await listLeftovers(installation)).filter(({ name }) => name.includes(ending.id))
  const promises = [
    [
      await verifyReceipt(receipt),
      `receipt of ${receipt.id}, signed by ${receipt.signature.keyId}`,
    ],
    [receipt.clean, `${counted(receipt)} looked for, none left: clean`],
    [(await processesNamed(ending.ghost)).length === 0, 'the process it left behind is dead'],
    [left.length === 0, 'nothing of it is on the engine'],
  ] as const
  for (const [held, said] of promises) await narrator.outcome(held, said)
  return promises.filter(([held]) => !held).map(([, said]) => `not so: ${said}`)
}

const plural = (count: number, kind: string) =>
  count === 1 ? `1 ${kind}` : `${count} ${kind.replace(/y$/, 'ie')}s`

function counted({ inventory }: Receipt): string {
  const kinds = Object.entries(Object.groupBy(inventory, ({ kind }) => kind))
  return kinds.map(([kind, items]) => plural(items?.length ?? 0, kind)).join(', ')
}
