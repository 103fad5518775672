import { expect, test } from 'vitest'
import { checkResult, suiteResult, summarize } from './summary.ts'

const report = (...files: readonly { status: string; tests: Record<string, string> }[]) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }, index) => ({
      name: `file-${index}.test.ts`,
      status,
      assertionResults: Object.entries(tests).map(([fullName, outcome]) => ({
        fullName,
        status: outcome,
      })),
    })),
  })

const good = report({ status: 'passed', tests: { a: 'passed', b: 'passed' } })

test('suites and checks are summed into one last line', () => {
  const parts = [suiteResult('unit', good, 0), checkResult('lint', 0)]
  expect(summarize(parts)).toBe('3 passed, 0 failed')
})

test('a failed test is named above the sum', () => {
  const bad = report({ status: 'failed', tests: { a: 'passed', b: 'failed' } })
  expect(summarize([suiteResult('unit', bad, 1)])).toBe(
    'FAILED file-0.test.ts: b\n1 passed, 1 failed',
  )
})

test('why it failed is told beside its name, without the stack', () => {
  const message =
    'Error: \u001b[31mred\u001b[39m\n  is not green\n    at file.ts:1:2\n    at more.ts:3:4'
  const tests = [{ fullName: 'a', status: 'failed', failureMessages: [message] }]
  const file = { name: 'file.test.ts', status: 'failed', assertionResults: tests }
  const broken = {
    name: 'other.test.ts',
    status: 'failed',
    message: 'no such module',
    assertionResults: [],
  }
  const failed = suiteResult('unit', JSON.stringify({ testResults: [file, broken] }), 1)
  expect(failed.failures).toEqual([
    'file.test.ts: a (Error: red is not green)',
    'other.test.ts: could not run (no such module)',
  ])
})

test('a skipped test is neither passed nor failed, and named: its title says why', () => {
  const title = 'Chinook: shared/data holds none'
  const skipped = report({ status: 'passed', tests: { [title]: 'pending', b: 'passed' } })
  expect(summarize([suiteResult('unit', skipped, 0)])).toBe(
    `SKIPPED file-0.test.ts: ${title}\n1 passed, 0 failed`,
  )
})

test('a file that could not be loaded is a failure', () => {
  const broken = report({ status: 'failed', tests: {} })
  expect(suiteResult('unit', broken, 1)).toMatchObject({ passed: 0, failed: 1 })
})

test('an exit code that is not zero is a failure, whatever the report says', () => {
  expect(suiteResult('unit', good, 1)).toMatchObject({ passed: 2, failed: 1 })
})

test('a suite that wrote no report is a failure, even with exit code zero', () => {
  expect(suiteResult('unit', undefined, 0)).toMatchObject({ passed: 0, failed: 1 })
})

test('a failed check is one failure', () => {
  expect(summarize([checkResult('types', 2)])).toBe(
    'FAILED types: ended with 2\n0 passed, 1 failed',
  )
})
