import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { Process } from '../../engine.ts'
import { openLanesUnderTest, sleepersFor } from './lanes-under-test.ts'

const under = await openLanesUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

const alive = async (seconds: string) => Number((await under.said(sleepersFor(seconds))).out)

async function ready(script: string): Promise<Process> {
  const run = await under.start(['sh', '-c', script])
  run.stderr.resume()
  await once(run.stdout, 'data')
  run.stdout.resume()
  return run
}

describe('kill ends the whole tree', () => {
  test.each([
    ['children', 'sleep 7001 & sleep 7001', '7001'],
    ['what left its session', 'setsid sleep 7002 & sleep 7002', '7002'],
    ['what lost its parents', '(setsid sh -c "setsid sleep 7003 &" &); sleep 7003', '7003'],
    ['what cleared its environment too', '(setsid env -i /bin/sleep 7004 &); sleep 7004', '7004'],
    ['what is stopped', 'sleep 7005 & sleep 0.1; kill -STOP $!; sleep 7005', '7005'],
  ])('%s', async (_, script, seconds) => {
    const run = await ready(`echo ready; ${script}`)
    await expect.poll(() => alive(seconds)).toBe(2)

    await run.kill()
    expect(await run.exit).toBe(137)
    expect(await alive(seconds)).toBe(0)
  })

  test('also where a bomb of forks has used up every process', async () => {
    const bomb = "echo ready; perl -e 'fork while 1' 2>/dev/null"
    const run = await ready(bomb)
    await sleep(1000)

    await run.kill()
    expect(await run.exit).toBe(137)
    expect((await under.said('echo room')).out).toBe('room\n')
  })

  test('which is none but its own: what ended commands left lives on', async () => {
    const left = await under.said('setsid sleep 7010 >/dev/null 2>&1 & echo left')
    expect(left.out).toBe('left\n')
    const beside = await ready('echo ready; sleep 7010')
    const run = await ready('echo ready; sleep 7011')
    await run.kill()

    expect(await alive('7010')).toBe(2)
    await beside.kill()
    expect(await alive('7010')).toBe(1)
  })

  test('and another signal reaches all of it once', async () => {
    const trap = 'trap "echo heard; exit" TERM; echo ready; while :; do sleep 0.05; done'
    const run = await under.start(['sh', '-c', `(${trap}) & (${trap}) & wait; wait`])
    run.stderr.resume()
    let out = ''
    run.stdout.on('data', (chunk) => {
      out += chunk
    })
    await expect.poll(() => out.match(/ready/g)).toHaveLength(2)
    await run.kill('SIGTERM')
    expect(await run.exit).toBe(143)
    expect(out.match(/heard/g)).toHaveLength(2)
  })
})

describe('what holds an output open after its command ended', () => {
  test('is waited for two seconds, and goes on', async () => {
    const since = performance.now()
    const { out, code } = await under.said('(sleep 0.5; echo late; exec sleep 7020) & echo first')
    expect({ out, code }).toEqual({ out: 'first\nlate\n', code: 0 })
    expect(performance.now() - since).toBeGreaterThan(1900)
    expect(performance.now() - since).toBeLessThan(8000)
    expect(await alive('7020')).toBe(1)
  })

  test('is not waited for when it never stops writing', async () => {
    const run = await under.start(['sh', '-c', 'yes & sleep 0.2'])
    run.stdout.resume()
    run.stderr.resume()
    expect(await run.exit).toBe(0)
  })
})

describe('a lane that a program of the sandbox ends', () => {
  test('costs the command on it, at once and with a reason, and no other', async () => {
    const other = await ready('echo ready; sleep 1; exit 5')
    const run = await under.start([
      'sh',
      '-c',
      'echo before; sleep 0.3; kill -9 $PPID; exec sleep 7030',
    ])
    run.stderr.resume()
    const out = text(run.stdout)

    await expect(run.exit).rejects.toMatchObject({ code: 'engine_failed', retryable: true })
    expect(await out).toBe('before\n')
    expect(await other.exit).toBe(5)
    expect((await under.said('echo again')).out).toBe('again\n')
    // The command itself does not outlive who looks after it.
    expect(await alive('7030')).toBe(0)
  })

  test('costs nothing where it is idle, not even all of them at once', async () => {
    await under
      .said('kill -9 -1; echo never')
      .catch((cause) => expect(cause).toMatchObject({ code: 'engine_failed' }))
    for (let count = 0; count < 3; count += 1)
      expect((await under.said('echo again')).out).toBe('again\n')
  })

  test('does not hear the signals that can be refused', async () => {
    const run = await ready(
      'echo ready; for s in HUP INT TERM USR1 PIPE ALRM CHLD; do kill -s $s $PPID; done; sleep 0.2; exit 6',
    )
    expect(await run.exit).toBe(6)
  })

  test('or stops, does not hold up whoever ends the command', async () => {
    const stops = 'echo ready; sleep 0.2; kill -STOP $PPID; touch /tmp/stopped; sleep 7040'
    const run = await ready(stops)
    await expect.poll(() => under.said('test -e /tmp/stopped')).toMatchObject({ code: 0 })
    const kill = run.kill()
    await expect(run.exit).rejects.toMatchObject({ code: 'engine_failed' })
    await kill
    expect((await under.said('echo again')).out).toBe('again\n')
  }, 30_000)
})
