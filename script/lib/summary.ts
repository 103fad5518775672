import { stripVTControlCharacters } from 'node:util'

/** What one part of the test command came to. */
export interface PartResult {
  readonly name: string
  readonly passed: number
  readonly failed: number
  /** What was not run, one line each. */
  readonly skipped: readonly string[]
  /** What failed, one line each. */
  readonly failures: readonly string[]
}

/** The part of vitest's JSON report that counts. */
interface Report {
  readonly testResults: readonly File[]
}
interface File {
  readonly name: string
  readonly status: string
  /** Why the file could not be loaded. */
  readonly message?: string
  readonly assertionResults: readonly Assertion[]
}
interface Assertion {
  readonly status: string
  readonly fullName: string
  /** Each with the stack below it. */
  readonly failureMessages?: readonly string[]
}

const reasonLength = 500

/** A suite: its report if it wrote one, and the exit code that has the last word. */
export function suiteResult(
  name: string,
  report: string | undefined,
  exitCode: number,
): PartResult {
  if (report === undefined) return oneFailure(name, `ended with ${exitCode} and wrote no report`)
  const files = (JSON.parse(report) as Report).testResults
  const tests = files.flatMap((file) => file.assertionResults)
  const failures = files.flatMap(failuresOf)
  if (failures.length === 0 && exitCode !== 0) failures.push(`${name}: ended with ${exitCode}`)
  return {
    name,
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failures.length,
    skipped: files.flatMap(skippedOf),
    failures,
  }
}

/** A check counts as one test. */
export const checkResult = (name: string, exitCode: number): PartResult =>
  exitCode === 0
    ? { name, passed: 1, failed: 0, skipped: [], failures: [] }
    : oneFailure(name, `ended with ${exitCode}`)

export function summarize(parts: readonly PartResult[]): string {
  const total = (count: 'passed' | 'failed') => parts.reduce((sum, part) => sum + part[count], 0)
  return [
    ...parts.flatMap(({ failures }) => failures.map((failure) => `FAILED ${failure}`)),
    ...parts.flatMap(({ skipped }) => skipped.map((test) => `SKIPPED ${test}`)),
    `${total('passed')} passed, ${total('failed')} failed`,
  ].join('\n')
}

/** A file that could not be loaded has no test that failed, and has failed. */
function failuresOf(file: File): string[] {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  if (failed.length > 0) {
    return failed.map(({ fullName, failureMessages }) =>
      withReason(`${file.name}: ${fullName}`, failureMessages?.join('; ')),
    )
  }
  return file.status === 'failed' ? [withReason(`${file.name}: could not run`, file.message)] : []
}

/** On the same line, without the stack: the last lines are all that some readers of a run see. */
function withReason(failure: string, message = ''): string {
  const words = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
  const reason = words.join(' ').replaceAll(/\s+/g, ' ').trim().slice(0, reasonLength)
  return reason === '' ? failure : `${failure} (${reason})`
}

const skippedOf = ({ name, assertionResults: tests }: File): string[] =>
  tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => `${name}: ${fullName}`)

const oneFailure = (name: string, failure: string): PartResult => ({
  name,
  passed: 0,
  failed: 1,
  skipped: [],
  failures: [`${name}: ${failure}`],
})
