import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Contract } from './contract.ts'
import { lines } from './contract-script.ts'

/** Commands, in a sandbox that all of these tests share. */
export function describeCommands({ open }: Contract): void {
  describe('commands', () => {
    let box: Sandbox
    beforeAll(async () => {
      box = await open()
    })
    afterAll(() => box?.[Symbol.asyncDispose]())

    test('tell both streams and the exit code, which is no error', async () => {
      const heard: string[] = []
      const onStdout = (text: string) => heard.push(text)
      const result = await box.commands.run(lines.failing, { onStdout })

      expect(result).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 })
      expect(heard.join('')).toBe('out\n')
    })

    test('run where and with what they are told', async () => {
      const env = { GREETING: 'grüße' }

      expect(await box.commands.run(lines.where, { cwd: '/tmp', env })).toMatchObject({
        stdout: '/tmp\ngrüße\n',
      })
      expect((await box.commands.run(lines.where)).stdout).toBe('/workspace\n\n')
    })

    test('are run as they are when they are an argv', async () => {
      expect(await box.commands.run(['printf', '%s', 'a  b'])).toMatchObject({ stdout: 'a  b' })
    })

    test('have no input unless it is given to them', async () => {
      expect(await box.commands.run(lines.echoing)).toMatchObject({ stdout: '', exitCode: 4 })
    })

    test('that nobody knows end with 127', async () => {
      expect(await box.commands.run('no-such-command')).toMatchObject({ exitCode: 127 })
    })

    test('are ended at their time-out', async () => {
      const late = box.commands.run(lines.endless, { timeoutMs: 1000 })

      await expect(late).rejects.toMatchObject({ code: 'timed_out' })
    })

    test('are ended by an abort, and the sandbox goes on', async () => {
      const abort = new AbortController()
      const { signal } = abort
      const onStdout = () => abort.abort(new Error('changed my mind'))

      await expect(box.commands.run(lines.endless, { signal, onStdout })).rejects.toThrow(
        'changed my mind',
      )
      expect(await box.commands.run(lines.failing)).toMatchObject({ exitCode: 3 })
    })

    test('that were started take input until its end', async () => {
      await using process = await box.commands.start(lines.echoing)
      process.stdin.end('over the wire')

      expect(await text(process.stdout)).toBe('over the wire')
      expect(await process.wait()).toEqual({ exitCode: 4 })
    })

    test('that were started are killed', async () => {
      await using process = await box.commands.start(lines.endless)
      process.stdout.once('data', () => process.kill('SIGKILL'))

      expect((await process.wait()).exitCode).toBe(137)
    })

    test('in the background are left, found again, written to and heard to their end', async () => {
      const first = await box.commands.run(lines.echoing, { background: true, stdin: true })
      first.disconnect()
      await using again = await box.commands.connect(first.id)
      await again.sendStdin('früh')
      await again.closeStdin()

      expect(await again.wait()).toEqual({ stdout: 'früh', stderr: '', exitCode: 4 })
      const ended = (await box.commands.list()).find(({ id }) => id === first.id)
      expect(ended).toMatchObject({ state: 'ended', exitCode: 4, command: lines.echoing })
      expect(await box.commands.kill(first.id)).toBe(false)
    })

    test('in the background take no input that was not asked for', async () => {
      await using running = await box.commands.run(lines.endless, { background: true, tag: 'mine' })

      await expect(running.sendStdin('x')).rejects.toMatchObject({ code: 'conflict' })
      expect(await box.commands.list()).toContainEqual(
        expect.objectContaining({ id: running.id, tag: 'mine', state: 'running' }),
      )
      expect(await box.commands.kill(running.id)).toBe(true)
      expect((await running.wait()).exitCode).not.toBe(0)
    })

    test('that were never started are told so', async () => {
      await expect(box.commands.connect('pr0aaaaaaaaaaa')).rejects.toMatchObject({
        code: 'process_not_found',
      })
    })
  })
}
