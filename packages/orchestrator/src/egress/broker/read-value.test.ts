import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ValueSource } from '../../config/config.ts'
import { credential } from '../testing/credentials.ts'
import { NoValue, readValueIn } from './read-value.ts'
import { createValues } from './values.ts'

const value = 'a-real-value'
const read = readValueIn({ TOKEN: value, SHORT: 'short', LINES: 'two\nlines-of-it', ...path() })

/** What a program needs to be found. */
function path() {
  return { PATH: '/usr/local/bin:/usr/bin:/bin' }
}

function directory() {
  const made = mkdtempSync(join(tmpdir(), 'value-'))
  writeFileSync(join(made, 'token'), `${value}\n`)
  return { path: made, [Symbol.dispose]: () => rmSync(made, { recursive: true }) }
}

describe('a credential’s value', () => {
  test('is read from a variable, a file and a command’s output', async () => {
    using made = directory()
    const command = ['cat', 'token']

    expect(await read({ variable: 'TOKEN' })).toBe(value)
    expect(await read({ file: join(made.path, 'token') })).toBe(value)
    expect(await read({ command, directory: made.path })).toBe(value)
  })

  test.each<[string, ValueSource, RegExp]>([
    ['a variable that is not there', { variable: 'NONE' }, /8 to 4096/],
    ['one too short to be looked for', { variable: 'SHORT' }, /8 to 4096/],
    ['one of two lines', { variable: 'LINES' }, /8 to 4096/],
    ['a file that is not there', { file: '/nowhere' }, /read: ENOENT/],
    ['a program that is not there', { command: ['no-such'], directory: '/' }, /run: ENOENT/],
    [
      'a program that fails',
      { command: ['sh', '-c', 'echo a-real-value; echo a-real-value >&2; exit 3'], directory: '/' },
      /it ended with 3/,
    ],
  ])('is not had from %s, and what was there is not said', async (_what, from, message) => {
    const failure = await read(from).catch((cause) => cause)

    expect(failure).toBeInstanceOf(NoValue)
    expect(failure.message).toMatch(message)
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toMatch(/a-real-value|short|lines-of/)
  })

  test('is read when it is needed, held for a while, and read anew', async () => {
    let now = 0
    let reads = 0
    const values = createValues(
      async () => {
        reads += 1
        return `value-number-${reads}`
      },
      () => now,
    )
    const api = credential('api', { host: 'api.example' })
    expect(reads).toBe(0)
    const both = await Promise.all([values.get(api), values.get(api)])
    expect(both.map((one) => one.reveal())).toEqual(['value-number-1', 'value-number-1'])
    now = 5 * 60_000
    expect((await values.get(api)).reveal()).toBe('value-number-2')

    // What it was before is still looked for.
    expect(values.searches(api)).toHaveLength(2)
  })

  test('that cannot be had is not asked for again at once', async () => {
    let now = 0
    let reads = 0
    const values = createValues(
      async () => {
        reads += 1
        throw new NoValue('no')
      },
      () => now,
    )
    const api = credential('api', { host: 'api.example' })
    await expect(values.get(api)).rejects.toThrow('no')
    await expect(values.get(api)).rejects.toThrow('no')
    expect(reads).toBe(1)
    now = 10_001
    await expect(values.get(api)).rejects.toThrow('no')
    expect(reads).toBe(2)
  })
})
