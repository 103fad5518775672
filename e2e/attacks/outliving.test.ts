import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import { describe, expect, test } from 'vitest'
import {
  haunting,
  processesNamed,
  stillHaunting,
} from '../../packages/cli/src/drill/attacks/ghost.ts'
import { openEngine } from '../lib/container-runtime.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { startPlain } from './plain-container.ts'
import { said, useScene } from './scene.ts'

const scene = useScene()

describe('what is meant to outlive its command', () => {
  test('ends with it, though it left its session and its environment', async () => {
    const box = scene().box
    const daemon = `env -i setsid bash -c 'trap "" TERM HUP INT; exec -a straggler sleep 600' >/dev/null 2>&1 &`
    const command = box.commands.run(['bash', '-c', `${daemon} disown; sleep 600`], {
      timeoutMs: 1500,
    })

    await expect(command).rejects.toMatchObject({ code: 'timed_out' })
    expect(await said(box, 'pgrep -fc "^straggle[r]" || true')).toBe('0\n')
  })
})

describe('what is meant to outlive its sandbox', () => {
  const markOf = (id: string) => `ghost-${id}`

  /** A sandbox with a process in it that no signal of its own container ends. */
  async function haunted(ttl: string): Promise<Sandbox> {
    const { control } = scene()
    const box = Sandbox.of(await control.createSandbox({ ttl }), control)
    await said(box, haunting(markOf(box.id)))
    expect(await said(box, stillHaunting(markOf(box.id)))).not.toBe('0\n')
    expect(await processesNamed(markOf(box.id))).not.toEqual([])
    return box
  }

  const ended = (id: string) =>
    expect
      .poll(async () => (await scene().control.sandbox(id)).state, { timeout: 60_000 })
      .toBe('ended')

  test('outlives the shell of a container that nobody ends', async () => {
    await using plain = await startPlain()
    await plain.said(haunting('ghost-plain'))

    expect(await processesNamed('ghost-plain')).toHaveLength(1)
  })

  test('is gone when somebody ends it', async () => {
    const box = await haunted('5m')

    expect(await box.kill()).toMatchObject({ clean: true })
    expect(await processesNamed(markOf(box.id))).toEqual([])
  })

  test('is gone when its lease ends', async () => {
    const box = await haunted('12s')
    await ended(box.id)

    expect(await processesNamed(markOf(box.id))).toEqual([])
    expect(await scene().control.receipt(box.id)).toMatchObject({ clean: true, reason: 'expired' })
  })

  test('is gone when its lease ends though somebody paused all of it', async () => {
    const box = await haunted('12s')
    const docker = await openEngine()
    const filters = JSON.stringify({ label: [`dev.stuntdouble.sandbox=${box.id}`] })
    for (const { Id } of await docker.listContainers({ filters })) {
      await docker.getContainer(Id).pause()
    }
    await ended(box.id)

    expect(await processesNamed(markOf(box.id))).toEqual([])
    expect(await scene().control.receipt(box.id)).toMatchObject({ clean: true })
  })

  test('is gone when its lease ends with the orchestrator killed', async () => {
    await using own = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 15s\n' } })
    const box = await Sandbox.connect((await own.json<{ url: string }>(['up'])).url)
    await said(box, haunting(markOf(box.id)))
    expect(await processesNamed(markOf(box.id))).toHaveLength(1)
    await own.stopOrchestrator('SIGKILL')
    await sleep(2000)
    expect(await processesNamed(markOf(box.id))).toHaveLength(1)

    await expect.poll(() => processesNamed(markOf(box.id)), { timeout: 20_000 }).toEqual([])
  })

  test('gains no time by the clock', async () => {
    const turn =
      'date -s "2020-01-01" >/dev/null 2>&1 && echo TURNED; faketime -v >/dev/null 2>&1; python3 -c "import time; time.clock_settime(time.CLOCK_REALTIME, 0)" 2>&1'

    expect(await said(scene().box, turn)).toMatch(/PermissionError: \[Errno 1\]/)
    expect(await said(scene().box, turn)).not.toContain('TURNED')
  })
})
