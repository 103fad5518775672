import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../lib/container-runtime.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { placeBystanders } from './bystanders.ts'

/** Twice what passes between two looks at everything there is on the engine. */
const twoLooksMs = 11_000
const files = { 'sandbox.yaml': 'ttl: 10m\n' }

const scope = new AsyncDisposableStack()
afterAll(() => scope.disposeAsync())

interface Installed {
  readonly own: Stuntdouble
  readonly box: Sandbox
}

/** Both have their sockets in the same place, as two of one user's have. */
async function installed(run?: string): Promise<Installed> {
  const env = run === undefined ? {} : { XDG_RUNTIME_DIR: run }
  const own = scope.use(await Stuntdouble.open({ files, env }))
  const box = await Sandbox.connect((await own.json<{ url: string }>(['up'])).url)
  await box.files.write('/workspace/note.txt', 'mine')
  return { own, box }
}

let ours: Installed
let other: Installed
let strangers: Awaited<ReturnType<typeof placeBystanders>>
beforeAll(async () => {
  ours = await installed()
  other = await installed(join(ours.own.root, 'run'))
  const installation = (await ours.own.installation()) ?? ''
  strangers = scope.use(await placeBystanders(await openEngine(), installation))
})

const noteOf = ({ box }: Installed) => box.files.readText('/workspace/note.txt')

/** Nothing was removed, stopped, started again or changed. */
async function expectUntouched(): Promise<void> {
  expect(await strangers.now()).toEqual(strangers.before)
  expect(await noteOf(other)).toBe('mine')
}

describe('what is not ours', () => {
  test('survives every look for what belongs to nobody', async () => {
    await sleep(twoLooksMs)

    await expectUntouched()
    expect(await noteOf(ours)).toBe('mine')
  })

  test('survives an orchestrator that was killed and takes up what it left', async () => {
    await ours.own.stopOrchestrator('SIGKILL')
    expect(await ours.own.json(['ls'])).toMatchObject({ sandboxes: [{ state: 'ready' }] })
    await sleep(twoLooksMs)

    await expectUntouched()
    expect(await noteOf(ours)).toBe('mine')
  })

  test('survives the end of all that is', async () => {
    await ours.own.json(['down', '--all'])
    await sleep(twoLooksMs)

    await expectUntouched()
  })
})
