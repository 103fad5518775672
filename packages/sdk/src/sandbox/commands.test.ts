import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openBox as open } from '../testing/open-box.ts'

test('an exit code that is not zero is a result', async () => {
  await using box = await open()
  expect(await box.commands.run('echo out; echo err >&2; exit 69')).toEqual({
    stdout: 'out\n',
    stderr: 'err\n',
    exitCode: 69,
  })
})

test('an argv is run as it is, with its environment and directory', async () => {
  await using box = await open()
  await box.commands.run('mkdir -p sub')
  const result = await box.commands.run(['sh', '-c', 'echo "$1 $A"; pwd', 'sh', '$HOME'], {
    env: { A: 'b' },
    cwd: '/workspace/sub',
  })
  expect(result.stdout).toMatch(/^\$HOME b\n.*\/workspace\/sub\n$/)
})

test('output is handed on as it comes, with no character torn apart', async () => {
  await using box = await open()
  const heard: string[] = []
  const script = String.raw`printf '\xc3'; sleep 0.05; printf '\xa9'`
  const result = await box.commands.run(script, { onStdout: (text) => heard.push(text) })
  expect(result.stdout).toBe('é')
  expect(heard.join('')).toBe('é')
})

test('output beyond the limit is dropped from the result, and said to be', async () => {
  await using box = await open()
  let heard = 0
  const result = await box.commands.run('head -c 9000000 /dev/zero', {
    onStdout: (text) => {
      heard += text.length
    },
  })
  expect(heard).toBe(9_000_000)
  expect(result).toMatchObject({ truncated: true, exitCode: 0 })
  expect(result.stdout.length).toBeLessThanOrEqual(8 * 1024 * 1024)
})

test('a command that takes too long is an error, not an exit code', async () => {
  await using box = await open()
  const run = box.commands.run('sleep 60', { timeoutMs: 20 })
  await expect(run).rejects.toMatchObject({ code: 'timed_out' })
})

test('aborting a command rejects with the reason', async () => {
  await using box = await open()
  const abort = new AbortController()
  const run = box.commands.run('echo ready; sleep 60', {
    signal: abort.signal,
    onStdout: () => abort.abort(new Error('enough')),
  })
  await expect(run).rejects.toThrow('enough')
})

test('a started process takes input and ends when its input does', async () => {
  await using box = await open()
  await using process = await box.commands.start('cat; exit 3')
  process.stdin.end('over the wire')
  expect(await text(process.stdout)).toBe('over the wire')
  expect(await process.wait()).toEqual({ exitCode: 3 })
})

test('megabytes of input arrive whole', async () => {
  await using box = await open()
  await using process = await box.commands.start('wc -c')
  process.stdin.end(Buffer.alloc(5_000_000))
  expect((await text(process.stdout)).trim()).toBe('5000000')
})

test('a process that is killed by name of a signal says so', async () => {
  await using box = await open()
  await using process = await box.commands.start(['sleep', '60'])
  process.kill('SIGINT')
  expect(await process.wait()).toEqual({ exitCode: 130 })
})

test('waiting for a noisy process that nobody reads does not hang', async () => {
  await using box = await open()
  await using process = await box.commands.start('head -c 3000000 /dev/zero; exit 4')
  expect(await process.wait()).toEqual({ exitCode: 4 })
})

test('a process whose output nobody takes is held back instead of filling memory', async () => {
  await using box = await open()
  await using process = await box.commands.start('yes & sleep 0.4; kill %1; echo done >&2')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(process.stdout.readableLength).toBeLessThan(1_000_000)
})

test('a command in the background is left, found again, written to and heard to its end', async () => {
  await using box = await open()
  const first = await box.commands.run('cat; exit 4', { background: true, stdin: true })
  first.disconnect()
  await expect(first.wait()).rejects.toThrow('disconnected')
  const heard: string[] = []
  await using again = await box.commands.connect(first.id, {
    onStdout: (text) => heard.push(text),
  })
  await again.sendStdin('früh')
  await again.closeStdin()

  expect(await again.wait()).toEqual({ stdout: 'früh', stderr: '', exitCode: 4 })
  expect(heard.join('')).toBe('früh')
  expect(await box.commands.list()).toMatchObject([{ id: first.id, state: 'ended', exitCode: 4 }])
  expect(await box.commands.kill(first.id)).toBe(false)
})

test('starting in a sandbox that has ended is an error', async () => {
  await using box = await open()
  await box.kill()
  await expect(box.commands.start('true')).rejects.toThrow()
  await expect(box.commands.run('true')).rejects.toMatchObject({ code: 'sandbox_gone' })
})
