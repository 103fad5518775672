import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { Receipt, SandboxView } from '@stuntdouble/sdk/wire'
import { getContainerRuntimeClient } from 'testcontainers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listLeftovers } from './lib/leftovers.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

interface Handed {
  readonly id: string
  readonly url: string
  readonly expiresAt: string
}

let stuntdouble: Stuntdouble
beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 10m\n' } })
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

/** What the engine holds of one sandbox. */
async function onTheEngine(id: string) {
  const left = await listLeftovers(await stuntdouble.installation())
  return left.filter(({ name }) => name.includes(id))
}

async function state(id: string): Promise<SandboxView | undefined> {
  const { sandboxes } = await stuntdouble.json<{ sandboxes: SandboxView[] }>(['ls', '--all'])
  return sandboxes.find((sandbox) => sandbox.id === id)
}

/** Asks until it is so; the test’s own timeout is the limit. */
async function eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
    await sleep(50)
  }
}

const receiptOf = async (id: string): Promise<Receipt> => (await stuntdouble.control()).receipt(id)

describe('a lease', () => {
  test('ends by itself, and its receipt is clean', async () => {
    const { id, url } = await stuntdouble.json<Handed>(['up', '--ttl', '6s'])
    expect(await onTheEngine(id)).not.toEqual([])

    await eventually(
      () => state(id),
      (seen) => seen?.state === 'ended',
    )

    expect(await onTheEngine(id)).toEqual([])
    expect(await receiptOf(id)).toMatchObject({ clean: true, reason: 'expired', doubts: [] })
    expect((await fetch(url)).status).toBe(410)
  })

  test('ends when nobody uses it', async () => {
    const { id } = await stuntdouble.json<Handed>(['up', '--ttl', '5m', '--idle', '4s'])

    await eventually(
      () => state(id),
      (seen) => seen?.state === 'ended',
    )

    expect(await receiptOf(id)).toMatchObject({ clean: true, reason: 'idle' })
  })

  test('is held by a command that runs, past its idle end', async () => {
    const { id, url } = await stuntdouble.json<Handed>(['up', '--ttl', '5m', '--idle', '4s'])
    const box = await Sandbox.connect(url)

    const { stdout } = await box.commands.run('sleep 8; echo still here')

    expect(stdout).toBe('still here\n')
    expect((await state(id))?.state).toBe('ready')
    await stuntdouble.json(['down', id])
  })

  test('can be extended', async () => {
    const { id, expiresAt } = await stuntdouble.json<Handed>(['up', '--ttl', '1m'])
    await stuntdouble.json(['extend', id, '30m'])
    const extended = await state(id)

    const moved = Date.parse(extended?.expiresAt ?? '') - Date.parse(expiresAt)
    expect(moved).toBe(30 * 60_000)
    await stuntdouble.json(['down', id])
  })

  test('ends once, however often it is ended', async () => {
    const { id } = await stuntdouble.json<Handed>(['up'])
    const control = await stuntdouble.control()

    const receipts = await Promise.all([1, 2, 3, 4, 5].map(() => control.destroySandbox(id)))

    expect(new Set(receipts.map(({ signature }) => signature.value)).size).toBe(1)
    expect(receipts[0]).toMatchObject({ clean: true, reason: 'down' })
  })
})

describe('an orchestrator that is killed', () => {
  test('finds its sandbox again, which still works and still ends on time', async () => {
    const { id, url, expiresAt } = await stuntdouble.json<Handed>(['up', '--ttl', '25s'])
    await (await Sandbox.connect(url)).files.write('/workspace/note.txt', 'from before')
    await stuntdouble.stopOrchestrator('SIGKILL')

    expect((await state(id))?.state).toBe('ready')
    const box = await Sandbox.connect(url)
    expect(await box.files.readText('/workspace/note.txt')).toBe('from before')

    const ended = await eventually(
      () => state(id),
      (seen) => seen?.state === 'ended',
    )
    expect(Date.parse(ended?.endedAt ?? '') - Date.parse(expiresAt)).toBeLessThan(10_000)
    expect(await receiptOf(id)).toMatchObject({ clean: true, reason: 'expired' })
  })

  test('does not keep a sandbox alive: the gate ends it, and the receipt is written later', async () => {
    const { id } = await stuntdouble.json<Handed>(['up', '--ttl', '8s'])
    await stuntdouble.stopOrchestrator('SIGKILL')

    const running = async () => (await onTheEngine(id)).filter(({ kind }) => kind === 'container')
    expect(await running()).not.toEqual([])
    await eventually(
      () => processesOf(id),
      (processes) => processes === 0,
    )

    expect(await state(id)).toMatchObject({ state: expect.stringMatching(/ending|ended/) })
    await eventually(
      () => state(id),
      (seen) => seen?.state === 'ended',
    )
    expect(await onTheEngine(id)).toEqual([])
    expect(await receiptOf(id)).toMatchObject({ clean: true, reason: 'expired' })
  })

  test('in the middle of a creation leaves nothing behind', async () => {
    const control = await stuntdouble.control()
    const creations = Array.from({ length: 6 }, () =>
      control.createSandbox({ ttl: '5m' }).catch((cause: unknown) => cause),
    )
    await eventually(
      () => control.listSandboxes(),
      (seen) => seen.filter(({ state }) => state === 'creating').length > 3,
    )
    await stuntdouble.stopOrchestrator('SIGKILL')
    await Promise.all(creations)

    const settled = await eventually(listing, (seen) =>
      seen.every(({ state }) => state === 'ready'),
    )
    await (await stuntdouble.control()).drainPool()
    const left = await listLeftovers(await stuntdouble.installation())
    const pods = left.flatMap(({ name }) => /sb[a-z0-9]{12}/.exec(name)?.[0] ?? [])
    expect(new Set(pods)).toEqual(new Set(settled.map(({ id }) => id)))
  })
})

async function listing(): Promise<readonly SandboxView[]> {
  const { sandboxes } = await stuntdouble.json<{ sandboxes: SandboxView[] }>(['ls'])
  return sandboxes
}

/** Containers of the sandbox in which something runs. */
async function processesOf(id: string): Promise<number> {
  const docker = (await getContainerRuntimeClient()).container.dockerode
  const filters = { label: [`dev.stuntdouble.sandbox=${id}`], status: ['running'] }
  return (await docker.listContainers({ filters: JSON.stringify(filters) })).length
}
