import type { Handover } from '@stuntdouble/sdk'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Bench } from './bench.ts'

export function describeRunningSandboxes(bench: () => Bench): void {
  describe('a sandbox that runs', () => {
    let first: Handover
    let second: Handover
    const exec = (...args: readonly string[]) => bench().sandbox(['exec', first.id, ...args])
    beforeAll(async () => {
      const { stuntdouble } = bench()
      await stuntdouble.write({ 'sandbox.yaml': '' })
      first = await stuntdouble.json<Handover>(['up'])
      second = await stuntdouble.json<Handover>(['up'])
    })

    test('comes from an empty blueprint, in exactly the shape that others rely on', async () => {
      expect(first).toEqual({
        id: expect.stringMatching(/^sb[a-z0-9]{12}$/),
        url: expect.stringContaining(first.token),
        token: expect.stringMatching(/^sd_/),
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
        snapshot: null,
        databases: {},
      })
      const { id, expiresAt } = first
      const listed = await bench().stuntdouble.json<{ sandboxes: object[] }>(['ls'])
      expect(Object.keys(listed)).toEqual(['sandboxes'])
      expect(listed.sandboxes).toContainEqual(
        expect.objectContaining({ id, state: 'ready', expiresAt }),
      )
    })

    test('answers a POST with output and exit code, for a line and for words', async () => {
      const post = async (command: string | readonly string[]) => {
        const headers = { 'content-type': 'application/json' }
        const body = JSON.stringify({ command })
        return (await fetch(`${first.url}/exec`, { method: 'POST', headers, body })).json()
      }
      expect(await post('echo out; echo err >&2; exit 3')).toEqual({
        ...{ stdout: 'out\n', stderr: 'err\n', exitCode: 3 },
      })
      expect(await post(['printf', '%s|', '$HOME', 'a b'])).toEqual({
        ...{ stdout: '$HOME|a b|', stderr: '', exitCode: 0 },
      })
    })

    test.each([0, 1, 7, 126, 255])('passes the exit code %i of its command on', async (code) => {
      expect(await exec('--', `echo said; exit ${code}`)).toMatchObject({
        ...{ exitCode: code, stdout: 'said\n' },
      })
    })

    test('passes on how a command ended that is not there or was killed', async () => {
      expect((await exec('--', 'no-such-program-here')).exitCode).toBe(127)
      expect((await exec('--', 'no-such-program-here', 'and words')).exitCode).toBe(127)
      expect((await exec('--', 'kill -9 $$')).exitCode).toBe(137)
    })

    test('ends a command that takes too long with 124', async () => {
      const result = await exec('--timeout', '1s', '--', 'echo begun; sleep 60')
      expect(result).toMatchObject({ exitCode: 124, stdout: 'begun\n' })
      expect(result.stderr).toMatch(/longer than 1000 ms/)
    })

    test('gives its command every byte of standard input', async () => {
      const stdin = 'x'.repeat(3_000_000)
      const { stdout } = await bench().sandbox(['exec', first.id, '--', 'wc -c'], { stdin })
      expect(stdout.trim()).toBe('3000000')
    })

    test.each([
      ['an unknown id', 'sbzzzzzzzzzzzz'],
      ['a word', 'nothing-like-it'],
      ['a path', '../../etc'],
    ])('is not found by %s', async (_what, id) => {
      const { sandbox, expectRefusal } = bench()
      for (const args of [
        ['exec', id, '--', 'true'],
        ['down', id],
        ['url', id],
        ['db', id],
      ]) {
        expectRefusal(await sandbox(args), 3, /No sandbox/)
      }
    })

    test('is not guessed from a beginning that two share', async () => {
      const { sandbox, expectRefusal } = bench()
      const both = [new RegExp(first.id), new RegExp(second.id)]
      expectRefusal(await sandbox(['exec', 'sb', '--', 'true']), 2, ...both)
      expect((await sandbox(['exec', first.id.slice(0, 11), '--', 'true'])).exitCode).toBe(0)
    })

    test('has no database where its blueprint names none', async () => {
      const { sandbox, expectRefusal } = bench()
      expectRefusal(await sandbox(['db', first.id]), 3, /no database/)
      expectRefusal(await sandbox(['db', first.id, 'other']), 3, /no database "other"/)
    })

    test('is gone once it ended, and its receipt stays the same', async () => {
      const { stuntdouble, sandbox, expectRefusal } = bench()
      const { id } = second
      const receipt = await stuntdouble.json<object>(['down', id])

      expect(receipt).toMatchObject({
        ...{ id, clean: true, inventory: expect.any(Array), signature: expect.any(Object) },
      })
      expect(await stuntdouble.json(['down', id])).toEqual(receipt)
      for (const args of [
        ['exec', id, '--', 'true'],
        ['extend', id, '5m'],
        ['url', id],
      ]) {
        expectRefusal(await sandbox(args), 3, /has ended/)
      }
    })

    test('is not shown to a wrong key', async () => {
      const { stuntdouble, sandbox, expectRefusal } = bench()
      const { url = '' } = (await stuntdouble.orchestrator()) ?? {}
      const env = { STUNTDOUBLE_URL: url, STUNTDOUBLE_API_KEY: 'sdk_wrong' }
      expectRefusal(await sandbox(['ls'], { env }), 4, /not known/)
    })
  })
}
