import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { standingStill } from '../../../lib/testing/standing-still.ts'
import type { Process } from '../../engine.ts'
import { openLanesUnderTest, processesNamed } from './lanes-under-test.ts'

const under = await openLanesUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

const parent = 'cat /proc/$PPID/comm'

describe('a command in a container with a runner', () => {
  test('is run by it, and without one by the engine', async () => {
    expect((await under.said(parent)).out).toBe('supervisor\n')
    expect((await under.saidPlainly(parent)).out).not.toContain('supervisor')
  })

  test('looks like any other process', async () => {
    const look = `
      grep -E '^(Umask|Groups|Sig(Pnd|Blk|Ign|Cgt)|Cap|NoNewPrivs|Seccomp|THP)' /proc/self/status
      ulimit -a; cat /proc/self/oom_score_adj; nice
      # Of the process itself: controlling terminal, and whether it leads its session and its group.
      read -r stat </proc/$$/stat; set -- $stat; [ $5 = $1 ] && [ $6 = $1 ] && echo "leads $7"
      for fd in /proc/$$/fd/*; do readlink $fd; done | sed 's/[0-9]*]//'
      # Its first line has the size, which the engine sets a moment after the start.
      stty -a 2>&1 | sed 1d; umask; env | sort | grep -v STUNTDOUBLE_EXEC; pwd`
    const changes = { env: { COLOUR: 'blue', LANG: 'C' }, workingDirectory: '/tmp' }
    const tty = { cols: 80, rows: 24 }

    const [one, other] = [await under.said(look, changes), await under.saidPlainly(look, changes)]
    expect(one).toEqual(other)
    expect(one.out).toContain('leads 0\n')
    const asked = { ...changes, tty, stdin: 'none' } as const
    const onTerminal = await under.said(look, asked)
    expect(onTerminal).toEqual(await under.saidPlainly(look, asked))
    expect(onTerminal.out).toContain('TERM=xterm')
  })

  test('that cannot be started ends with 126 or 127, and says why', async () => {
    const nowhere = await under.said('pwd', { workingDirectory: '/nowhere' })
    expect(nowhere).toEqual({
      ...{ out: '', code: 126 },
      err: 'cannot enter /nowhere: No such file or directory\n',
    })
    const nothing = await under.start(['no-such-program'])
    nothing.stdout.resume()
    expect(await text(nothing.stderr)).toBe(
      'cannot run no-such-program: No such file or directory\n',
    )
    expect(await nothing.exit).toBe(127)
    const directory = await under.start(['/tmp'])
    directory.stdout.resume()
    expect(await text(directory.stderr)).toBe('cannot run /tmp: Permission denied\n')
    expect(await directory.exit).toBe(126)
  })

  test.each([0, 1, 7, 126, 127, 255])('ends with its own code %i', async (code) => {
    expect((await under.said(`exit ${code}`)).code).toBe(code)
  })

  test('that a signal ended has its number and 128', async () => {
    expect((await under.said('kill -SEGV $$')).code).toBe(139)
  })
})

const runners = async () => Number((await under.said(processesNamed('runner'))).out)

describe('one lane', () => {
  test('carries a thousand commands, one after another', async () => {
    for (let count = 0; count < 1000; count += 1) {
      const run = await under.start([
        'sh',
        '-c',
        `echo ${count}; echo ${-count} >&2; exit ${count % 7}`,
      ])
      run.stdin.end()
      const said = await Promise.all([text(run.stdout), text(run.stderr), run.exit])
      expect(said).toEqual([`${count}\n`, `${-count}\n`, count % 7])
    }
    expect(await runners()).toBeLessThanOrEqual(2)
  })

  test('is joined by others when twenty come at once, each with its own words', async () => {
    const asked = Array.from(
      { length: 20 },
      (_, index) => `echo ${index}; sleep 0.3; echo ${index}`,
    )
    const said = await Promise.all(asked.map((script) => under.said(script)))

    expect(said.map(({ out }) => out)).toEqual(asked.map((_, index) => `${index}\n${index}\n`))
    await expect.poll(runners, { timeout: 20_000, interval: 1000 }).toBe(1)
  })
})

describe('what passes through', () => {
  test('a hundred megabytes of every byte arrive whole', async () => {
    const program = 'my $b = pack("C*", 0..255) x 4096; print $b for 1..100'
    const run = await under.start(['perl', '-e', program])
    run.stderr.resume()
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of run.stdout) {
      bytes += chunk.length
      hash.update(chunk)
    }
    const wanted = createHash('sha256')
    const block = Buffer.alloc(2 ** 20, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))
    for (let count = 0; count < 100; count += 1) wanted.update(block)

    expect(bytes).toBe(100 * 2 ** 20)
    expect(hash.digest('hex')).toBe(wanted.digest('hex'))
    expect(await run.exit).toBe(0)
  })

  test('ten megabytes of input arrive, and what is said after their end comes back', async () => {
    const input = randomBytes(10 * 2 ** 20)
    const run = await under.start(['sh', '-c', 'sha256sum; sleep 0.3; echo tail; echo err >&2'])
    const [out, err] = [text(run.stdout), text(run.stderr)]
    await pipeline(Readable.from([input.subarray(0, 12_345), input.subarray(12_345)]), run.stdin)

    const digest = createHash('sha256').update(input).digest('hex')
    expect(await out).toBe(`${digest}  -\ntail\n`)
    expect(await err).toBe('err\n')
  })

  test('input that nobody reads holds up its writer, and neither output nor end', async () => {
    const run = await under.start(['sh', '-c', 'echo ready; sleep 1000'])
    run.stderr.resume()
    await once(run.stdout, 'data')
    let taken = 0
    const block = Buffer.alloc(2 ** 20)
    const write = () =>
      run.stdin.write(block, () => {
        taken += 1
        write()
      })
    write()
    expect(await standingStill(() => run.stdin.writableLength)).toBeGreaterThan(0)
    expect(taken).toBeLessThan(3)

    await run.kill()
    expect(await run.exit).toBe(137)
  })

  test('input for a command that closed its own is taken and forgotten', async () => {
    const run = await under.start(['sh', '-c', 'exec <&-; sleep 0.5; echo done'])
    run.stderr.resume()
    run.stdin.end(Buffer.alloc(2 ** 20))
    expect(await text(run.stdout)).toBe('done\n')
    expect(await run.exit).toBe(0)
  })

  test('a slow reader holds the command back and misses nothing', async () => {
    const run = await under.start(['sh', '-c', 'head -c 3000000 /dev/zero; echo end >&2'])
    const err = text(run.stderr)
    expect(await standingStill(() => run.stdout.readableLength)).toBeLessThan(2 ** 20)
    let bytes = 0
    for await (const chunk of run.stdout) {
      bytes += chunk.length
      await sleep(1)
    }
    expect(bytes).toBe(3_000_000)
    expect(await err).toBe('end\n')
  })
})

describe('a terminal', () => {
  const tty = { cols: 91, rows: 33 }

  test('has the size it was given, the one it is given later, and hears of it', async () => {
    const script = 'trap "stty size" WINCH; stty size; while :; do sleep 0.1; done'
    const run = await under.start(['sh', '-c', script], { tty })
    run.stderr.resume()
    const said = collected(run)
    await expect.poll(said).toContain('33 91')
    await run.resize(100, 40)
    await expect.poll(said).toContain('40 100')
    await run.kill()
    expect(await run.exit).toBe(137)
  })

  test('passes keys on: an interrupt ends the foreground', async () => {
    const run = await under.start(['sh', '-c', 'echo ready; sleep 1000'], { tty })
    run.stderr.resume()
    const said = collected(run)
    await expect.poll(said).toContain('ready')
    run.stdin.write('\x03')
    expect(await run.exit).toBe(130)
  })
})

const collected = (run: Process) => {
  let said = ''
  run.stdout.on('data', (chunk) => {
    said += chunk
  })
  return () => said
}
