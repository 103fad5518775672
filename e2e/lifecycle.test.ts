import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Sandbox } from '@stuntdouble/sdk'
import type { Handover, Problem, Receipt, SandboxEvent, SandboxView } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repository } from './lib/images.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const blueprint = 'ttl: 10m\npreStop: { command: cat notes.txt, timeout: 5s }\n'

let stuntdouble: Stuntdouble
beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': blueprint } })
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

/** `sandbox events … --follow`, as a person has it open in another window. */
function follow(id: string) {
  const args = ['events', id, '--follow', '--json']
  const { project: cwd, env } = stuntdouble
  const child = spawn(join(repository, 'sandbox'), args, { cwd, env: { ...env } })
  const events: SandboxEvent[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => events.push(JSON.parse(line)))
  return {
    events,
    heard: () => (events.length > 0 ? undefined : once(lines, 'line')),
    left: once(child, 'close'),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

const typesOf = (events: readonly SandboxEvent[]) => events.map(({ type }) => type)

describe('the life of a sandbox', () => {
  test('is told to who follows it, through a restart and to the end', async () => {
    const { id, url } = await stuntdouble.json<Handover>(['up'])
    using follower = follow(id)
    await follower.heard()
    await stuntdouble.stopOrchestrator()
    await stuntdouble.json(['ls'])
    await (await Sandbox.connect(url)).files.write('/workspace/notes.txt', 'what I know\n')
    const receipt = await stuntdouble.json<Receipt>(['down', id])
    const [code] = await follower.left

    expect(receipt).toMatchObject({ id, clean: true, reason: 'down' })
    expect(code).toBe(0)
    expect(typesOf(follower.events).filter((type) => type !== 'egress_total')).toEqual([
      ...['created', 'ready', 'adopted', 'file_written'],
      ...['pre_stop', 'ending', 'ended'],
    ])
    const seqs = follower.events.map(({ seq }) => seq)
    expect(seqs).toEqual([...new Set(seqs)].toSorted((one, other) => one - other))
    expect(follower.events.find(({ type }) => type === 'pre_stop')?.data).toMatchObject({
      exitCode: 0,
      stdoutTail: 'what I know\n',
    })

    const gone = await fetch(url)
    expect(gone.status).toBe(410)
    expect(((await gone.json()) as Problem).details).toEqual({
      ...{ sandbox: id, reason: 'down', endedAt: receipt.endedAt },
    })
  })

  test('begins once for a key, however many ask, and all of them end at once', async () => {
    const control = await stuntdouble.control()
    const ask = () => control.createSandbox({ ttl: '10m' }, { idempotencyKey: 'raced' })
    const [one, other] = await Promise.all([ask(), ask()])
    const second = await stuntdouble.json<Handover>(['up'])
    const { sandboxes } = await stuntdouble.json<{ sandboxes: SandboxView[] }>(['ls'])

    expect(one.id).toBe(other.id)
    expect(new Set(sandboxes.map(({ id }) => id))).toEqual(new Set([one.id, second.id]))
    for (const { url } of [one, other]) expect((await fetch(url)).status).toBe(200)

    const { receipts } = await stuntdouble.json<{ receipts: Receipt[] }>([
      'down',
      '--all',
      '--force',
    ])
    expect(receipts.map(({ id, clean }) => [id, clean])).toEqual(
      sandboxes.map(({ id }) => [id, true]),
    )
    expect(await stuntdouble.json(['down', '--all'])).toEqual({ receipts: [] })
    const told = (await control.eventPage({ sandbox: second.id })).events
    expect(typesOf(told)).not.toContain('pre_stop')
    await expect(ask()).rejects.toMatchObject({ code: 'sandbox_gone' })
  })
})
