import { beforeAll, describe, expect, test } from 'vitest'
import { allSources, type Bench } from './bench.ts'
import { podsOf } from './refused-sandboxes.ts'

interface Refusal {
  readonly source: string
  readonly exitCode: number
  readonly word: RegExp
}

const refusals: readonly [what: string, refusal: Refusal][] = [
  [
    'is unreachable',
    { source: 'unreachable', exitCode: 1, word: /cannot reach 127\.0\.0\.1:1.*refused/ },
  ],
  [
    'refuses the password',
    { source: 'mistyped', exitCode: 1, word: /the server refused the password/ },
  ],
  ['has no such database', { source: 'absent', exitCode: 1, word: /the database does not exist/ }],
  [
    'lacks a privilege',
    { source: 'unprivileged', exitCode: 1, word: /role nobody may not read .*people/ },
  ],
  [
    'hides rows',
    {
      source: 'hidden',
      exitCode: 1,
      word: /row-level security hides rows of hidden\.notes from role reader/,
    },
  ],
  ['nobody configured', { source: 'nowhere', exitCode: 3, word: /nowhere/ }],
]

export function describeSources(bench: () => Bench): void {
  describe('a source', () => {
    beforeAll(() => bench().stuntdouble.write({ 'stuntdouble.yaml': allSources }))

    test.each(refusals)('that %s is a clear error', async (_what, { source, exitCode, word }) => {
      const { sandbox, expectRefusal } = bench()
      for (const verb of [
        ['data', 'review'],
        ['snapshot', 'build'],
      ]) {
        expectRefusal(await sandbox([...verb, '--source', source]), exitCode, word)
      }
    })

    test('without a policy is not copied, and the next step is named', async () => {
      const { sandbox, expectRefusal } = bench()
      const result = await sandbox(['snapshot', 'build', '--source', 'shop'])
      expectRefusal(result, 5, /shop/, /sandbox data review/)
    })

    test('with a column that nobody answered for is not copied, and the column is named', async () => {
      const { stuntdouble, sandbox, expectRefusal } = bench()
      await stuntdouble.write({ 'shop.yaml': 'public.people:\n  id: keep\n  name: full_name\n' })
      const result = await sandbox(['snapshot', 'build', '--source', 'shop'])
      expectRefusal(result, 5, /people\.email/)
    })

    test('with a policy nobody can read is not copied, and the line is named', async () => {
      const { stuntdouble, sandbox, expectRefusal } = bench()
      await stuntdouble.write({
        'shop.yaml': 'public.people:\n  id: keep\n  name: nmae\n  email: email\n',
      })
      const result = await sandbox(['snapshot', 'build', '--source', 'shop'])
      expectRefusal(result, 2, /shop\.yaml:3/)
    })

    test('leaves nothing when it was refused', async () => {
      expect(await bench().stuntdouble.json(['snapshot', 'ls'])).toEqual({ snapshots: [] })
      expect(await podsOf(bench())).toEqual([])
    })
  })
}
