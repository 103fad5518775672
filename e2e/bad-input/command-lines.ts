import type { Problem } from '@stuntdouble/sdk/wire'
import { describe, expect, test } from 'vitest'
import type { Bench } from './bench.ts'

export function describeCommandLines(bench: () => Bench): void {
  describe('a command line', () => {
    test.each<[string, string[]]>([
      ['an unknown verb', ['dwon', 'x']],
      ['an unknown flag', ['up', '--privileged']],
      ['no verb', []],
      ['a flag without its value', ['up', '--ttl']],
      ['a duration that is none', ['up', '--ttl', 'soon']],
      ['no id', ['exec']],
      ['an id and all', ['down', 'sbaaaaaaaaaaaa', '--all']],
      ['neither id nor all', ['down']],
      ['too much', ['extend', 'sbaaaaaaaaaaaa', '5m', '6m']],
    ])('with %s is a matter of usage', async (_what, args) => {
      const { stuntdouble, sandbox, expectRefusal } = bench()
      expectRefusal(await sandbox(args), 2)
      expect(await stuntdouble.orchestrator()).toBeUndefined()
    })

    test('with --json is answered by one object on standard error', async () => {
      const { exitCode, stdout, stderr } = await bench().sandbox(['up', '--ttl', 'soon', '--json'])

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
      expect(JSON.parse(stderr) as Problem).toMatchObject({
        code: 'usage',
        hint: expect.any(String),
      })
    })

    test('for an orchestrator that does not answer ends with 69', async () => {
      const env = { STUNTDOUBLE_URL: 'http://127.0.0.1:1', STUNTDOUBLE_API_KEY: 'sdk_x' }
      const { sandbox, expectRefusal } = bench()
      expectRefusal(await sandbox(['ls'], { env }), 69, /127\.0\.0\.1:1/)
    })

    test('for an orchestrator without its key ends with 4', async () => {
      const { sandbox, expectRefusal } = bench()
      const env = { STUNTDOUBLE_URL: 'http://127.0.0.1:1' }
      expectRefusal(await sandbox(['ls'], { env }), 4, /STUNTDOUBLE_API_KEY/)
    })
  })
}
