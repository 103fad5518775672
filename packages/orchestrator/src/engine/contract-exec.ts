import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { standingStill } from '../lib/testing/standing-still.ts'
import { contractCommands as commands } from './contract-commands.ts'
import { exec, execSpec, type OpenEngine, startedPod } from './contract-pods.ts'

export function execTests(open: OpenEngine) {
  test('both outputs and the exit code come back', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.bothOutputs)
    run.stdin.end()
    const [out, err, code] = await Promise.all([text(run.stdout), text(run.stderr), run.exit])
    expect({ out, err, code }).toEqual({ out: 'out\n', err: 'err\n', code: 3 })
  })

  test('what is written to stdin arrives, and its end too', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.echo)
    run.stderr.resume()
    const long = 'x'.repeat(300_000)
    run.stdin.end(long)
    expect(await text(run.stdout)).toBe(long)
    expect(await run.exit).toBe(0)
  })

  test('a command without an input reads its end at once', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.echo, { stdin: 'none' })
    run.stderr.resume()
    expect(await text(run.stdout)).toBe('')
    expect(await run.exit).toBe(0)
  })

  test('environment and working directory are the command’s', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.environment, {
      env: { COLOUR: 'blue' },
      workingDirectory: '/tmp',
    })
    run.stderr.resume()
    expect(await text(run.stdout)).toBe('blue /tmp\n')
  })
}

export function killTests(open: OpenEngine) {
  test('kill ends a command that waits', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.wait)
    run.stdout.resume()
    run.stderr.resume()
    await run.kill()
    await run.kill()
    expect(await run.exit).toBe(137)
  })

  test('another signal is passed on as it is', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.wait)
    run.stdout.resume()
    run.stderr.resume()
    await run.kill('SIGTERM')
    expect(await run.exit).toBe(143)
  })

  test('a signal reaches commands that have only just begun', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const ends = Array.from({ length: 8 }, async () => {
      const run = await exec(under, pod, commands.wait)
      run.stdout.resume()
      run.stderr.resume()
      await run.kill('SIGTERM')
      return await run.exit
    })
    expect(await Promise.all(ends)).toEqual(Array(8).fill(143))
  })

  test('aborting kills the command', async () => {
    await using under = await open()
    const pod = await startedPod(under)
    const stop = new AbortController()

    const run = await exec(under, pod, commands.wait, {}, stop.signal)
    run.stdout.resume()
    run.stderr.resume()
    stop.abort()
    expect(await run.exit).toBe(137)
  })

  test('an endless writer nobody reads is held up', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.endless)
    await once(run.stdout, 'readable')
    expect(await standingStill(() => run.stdout.readableLength)).toBeLessThan(2 ** 20)
    await run.kill()
    run.stdout.resume()
    run.stderr.resume()
    expect(await run.exit).toBe(137)
  })

  test('a command in an unknown container is refused', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = under.engine.exec(pod.id, 'nobody', execSpec(commands.echo), signal)
    await expect(run).rejects.toMatchObject({ code: 'sandbox_gone' })
  })

  test('a command whose pod goes away rejects', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const run = await exec(under, pod, commands.wait)
    run.stdout.resume()
    run.stderr.resume()
    const ended = expect(run.exit).rejects.toMatchObject({ code: 'sandbox_gone' })
    await under.engine.destroy(pod.id, signal)
    await ended
  })
}
