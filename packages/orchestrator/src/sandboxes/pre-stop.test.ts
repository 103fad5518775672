import { describe, expect, test, vi } from 'vitest'
import type { FakeCommand } from '../engine/fake/fake-process.ts'
import {
  beats,
  eventTypes,
  isRunning,
  openLifecycle,
  useOwnTimers,
} from './testing/lifecycle-under-test.ts'

const blueprint = { preStop: { command: './save.sh', timeout: '10s' } }
const minute = 60_000
const never = () => new Promise<number>(() => {})

/** Notes what was run, and answers as the test says. */
function programOf(answer: (command: FakeCommand) => Promise<number> | number) {
  const commands: FakeCommand[] = []
  return {
    commands,
    program(command: FakeCommand) {
      commands.push(command)
      return answer(command)
    },
  }
}

describe('a pre-stop command', () => {
  test('is run as the agent before anything is cut, and what it said is an event', async () => {
    await using under = await openLifecycle()
    const { id, token } = await under.create({ blueprint })
    const seen: unknown[] = []
    const { commands, program } = programOf(async ({ stdout }) => {
      stdout.write('saved')
      seen.push(under.capabilities.verify(token), await isRunning(under, id))
      expect(() => under.sandboxes.use(id, () => {})).toThrow(/has ended/)
      return 3
    })
    under.program = program
    using _open = under.sandboxes.use(id, () => seen.push('cut'))

    expect(await under.sandboxes.end(id, 'down')).toMatchObject({ clean: true, reason: 'down' })
    expect(seen).toEqual([id, true, 'cut'])
    expect(commands).toMatchObject([
      { container: 'workspace', user: { uid: 1000 }, workingDirectory: '/workspace' },
    ])
    expect(commands[0]?.command).toContain('./save.sh')
    expect(under.recorder.list(id).slice(2)).toMatchObject([
      { type: 'pre_stop', data: { exitCode: 3, stdoutTail: 'saved', milliseconds: 0 } },
      { type: 'ending' },
      { type: 'ended' },
    ])
  })

  test('that does not end is not waited for longer than it may take', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ blueprint })
    under.program = never
    const ended = under.sandboxes.end(id, 'down')
    await vi.advanceTimersByTimeAsync(9_999)
    expect(under.sandboxes.get(id)).toMatchObject({ state: 'ready', endReason: 'down' })
    await vi.advanceTimersByTimeAsync(1)

    expect(await ended).toMatchObject({ clean: true })
    expect(under.recorder.list(id)[2]).toMatchObject({
      type: 'pre_stop',
      data: { failure: 'timed_out' },
    })
  })

  test('that cannot be run does not keep the end', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ blueprint })
    under.engine.failNext('exec')

    expect(await under.sandboxes.end(id, 'down')).toMatchObject({ clean: true })
    expect(under.recorder.list(id)[2]).toMatchObject({ data: { failure: expect.any(String) } })
  })

  test('is forgone by force, also when it is under way', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const forced = await under.create({ blueprint })
    const waited = await under.create({ blueprint })
    const { commands, program } = programOf(never)
    under.program = program
    await under.sandboxes.end(forced.id, 'down', { force: true })
    expect(commands).toEqual([])

    const ended = under.sandboxes.end(waited.id, 'down')
    await vi.waitFor(() => expect(commands).toHaveLength(1))
    expect(await under.sandboxes.end(waited.id, 'down', { force: true })).toEqual(await ended)
    expect(under.recorder.list(waited.id)[2]).toMatchObject({ data: { failure: 'interrupted' } })
  })

  test('is cut short by an end that is not orderly', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ blueprint })
    const { commands, program } = programOf(never)
    under.program = program
    void under.sandboxes.end(id, 'down')
    await vi.waitFor(() => expect(commands).toHaveLength(1))

    expect(await under.sandboxes.end(id, 'canary')).toMatchObject({ reason: 'down', clean: true })
  })

  test('is over before the hard end, which its gate keeps', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ blueprint, ttl: '30m', idle: '2h' })
    const { commands, program } = programOf(() => 0)
    under.program = program
    under.time.now += 30 * minute - 10_001
    await beats(2)
    expect(commands).toEqual([])
    under.time.now += 1
    await beats(2)

    expect(commands).toHaveLength(1)
    expect(under.sandboxes.receipt(id)).toMatchObject({ reason: 'expired', clean: true })
  })

  test('has its time after an idle end, and no use in it gives the sandbox more', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ blueprint, ttl: '2h', idle: '10m' })
    const { commands, program } = programOf(never)
    under.program = program
    const use = under.sandboxes.use(id, () => {})
    use[Symbol.dispose]()
    under.time.now += 10 * minute
    await beats(1)
    expect(commands).toHaveLength(1)
    use[Symbol.dispose]()
    under.time.now += 9_999
    expect(await isRunning(under, id)).toBe(true)
    under.time.now += 1
    expect(await isRunning(under, id)).toBe(false)
    await beats(12)
    expect(under.sandboxes.receipt(id)).toMatchObject({ reason: 'idle', clean: true })
  })

  test('of one sandbox holds up the ends of no other', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const slow = await under.create({
      blueprint: { preStop: { command: 'x', timeout: '30s' } },
      ttl: '10m',
    })
    const other = await under.create({ ttl: '10m' })
    under.program = never
    under.time.now += 9 * minute + 31_000
    await beats(2)
    under.time.now += 29_000
    await beats(2)

    expect(under.sandboxes.get(slow.id)).toMatchObject({ state: 'ready', endReason: 'expired' })
    expect(under.sandboxes.get(other.id)).toMatchObject({ state: 'ended' })
  })

  test('is not begun again by an orchestrator that was started anew', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ blueprint })
    const { commands, program } = programOf(never)
    under.program = program
    void under.sandboxes.end(id, 'down').catch(() => {})
    await vi.waitFor(() => expect(commands).toHaveLength(1))
    await using again = under.restarted()
    await again.adopt()

    expect(again.receipt(id)).toMatchObject({ reason: 'down', clean: true })
    expect(commands).toHaveLength(1)
    expect(eventTypes(under.recorder.list(id))).toContain('ending')
  })
})
