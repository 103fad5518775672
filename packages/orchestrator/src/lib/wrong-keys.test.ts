import { SandboxError } from '@stuntdouble/sdk/errors'
import { expect, test } from 'vitest'
import { createWrongKeys } from './wrong-keys.ts'

const refusal = new SandboxError('unauthorized', 'No.', { hint: 'Another.' })
const other = new SandboxError('sandbox_gone', 'Gone.', { hint: 'Make one.' })

function open() {
  const time = { now: 0 }
  const wrong = createWrongKeys(() => time.now)
  const code = (from: string, cause: unknown = refusal) =>
    (wrong.answer(from, cause) as SandboxError).code
  return { time, code }
}

test('who tries key after key is told to wait, and nobody else', () => {
  const { time, code } = open()
  const codes = Array.from({ length: 130 }, () => code('192.0.2.1'))

  expect(codes.slice(0, 120)).toEqual(Array.from({ length: 120 }, () => 'unauthorized'))
  expect(new Set(codes.slice(120))).toEqual(new Set(['capacity']))
  expect(code('192.0.2.2')).toBe('unauthorized')
  time.now = 60_000
  expect(code('192.0.2.1')).toBe('unauthorized')
})

test('only refused keys are counted', () => {
  const { code } = open()
  for (let tried = 0; tried < 200; tried++) expect(code('192.0.2.1', other)).toBe('sandbox_gone')
})
