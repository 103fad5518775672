import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listLeftovers } from '../lib/leftovers.ts'
import { reapersOf } from '../lib/reapers.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'

let own: Stuntdouble
beforeAll(async () => {
  own = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 10m\n' } })
})
afterAll(() => own?.[Symbol.asyncDispose]())

interface Handed {
  readonly id: string
  readonly url: string
}
const up = (ttl: string) => own.json<Handed>(['up', '--ttl', ttl])

async function leftOf(id: string): Promise<readonly string[]> {
  const installation = (await own.installation()) ?? ''
  const found = (await listLeftovers(installation)).filter(({ name }) => name.includes(id))
  const directory = join(own.root, 'run/stuntdouble', installation)
  const names = (await readdir(directory).catch(() => [])).filter((name) => name === id)
  return [...found.map(({ kind }) => kind), ...names]
}

describe('with the orchestrator dead and none started after it', () => {
  test('what is over is removed, what has a lease is not, and the next one writes the receipt', async () => {
    const [brief, long] = [await up('10s'), await up('10m')]
    const box = await Sandbox.connect(long.url)
    await box.files.write('/workspace/note.txt', 'from before')
    expect(await reapersOf(own.root)).toHaveLength(1)
    await own.stopOrchestrator('SIGKILL')
    expect(await leftOf(brief.id)).not.toEqual([])

    await expect.poll(() => leftOf(brief.id), { timeout: 60_000 }).toEqual([])
    expect(await leftOf(long.id)).toContain('container')
    expect(await reapersOf(own.root)).toHaveLength(1)

    await own.json(['ls'])
    expect(await box.files.readText('/workspace/note.txt')).toBe('from before')
    const control = await own.control()
    await expect.poll(() => control.receipt(brief.id).catch(() => null)).not.toBeNull()
    const receipt = await control.receipt(brief.id)
    expect(receipt).toMatchObject({ clean: true, reason: 'expired', doubts: [] })
    expect(new Set(receipt.inventory.map(({ kind }) => kind))).toEqual(
      new Set(['container', 'volume', 'mount', 'process', 'directory', 'socket', 'capability']),
    )
  })

  test('there is one reaper, whatever starts and is killed how often', async () => {
    for (let time = 0; time < 3; time += 1) {
      await own.json(['ls'])
      await own.stopOrchestrator('SIGKILL')
    }
    await own.json(['ls'])

    await expect.poll(() => reapersOf(own.root), { timeout: 15_000 }).toHaveLength(1)
  })

  test('it says nothing of what it was told on its command line or in its environment', async () => {
    const [pid] = await reapersOf(own.root)
    const said = await readFile(`/proc/${pid}/cmdline`, 'utf8')

    expect(said).not.toContain(await own.installation())
    expect(said).not.toContain('docker.sock')
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toBe('')
  })

  test('it ends when nothing is left to do', async () => {
    await own.json(['down', '--all'])
    await own.stopOrchestrator('SIGKILL')

    await expect.poll(() => reapersOf(own.root), { timeout: 15_000 }).toEqual([])
  })
})
