import { describe, expect, test } from 'vitest'
import { eventLine } from './event-line.ts'

describe('a command', () => {
  test('shows its line, how long it took and what it printed', () => {
    const data = {
      command: 'ls',
      exitCode: 0,
      milliseconds: 40,
      stdoutTail: 'a',
      stderrTail: 'b\n',
    }

    expect(eventLine({ type: 'command', data })).toEqual({
      label: 'Command',
      tone: 'plain',
      code: 'ls',
      note: 'in 40 ms',
      output: 'a\nb\n',
    })
  })

  test('says so when it failed', () => {
    const line = eventLine({ type: 'command', data: { command: 'false', exitCode: 1 } })

    expect(line).toMatchObject({ label: 'Command failed', tone: 'bad', note: 'exit 1' })
  })

  test('with data of another shape is still a line', () => {
    const data = { command: { evil: true }, exitCode: 'zero', stdoutTail: 7, milliseconds: null }

    expect(eventLine({ type: 'command', data })).toEqual({
      label: 'Command',
      tone: 'plain',
      code: '(not recorded)',
    })
  })
})

test('an end that was not clean stands out', () => {
  const line = eventLine({ type: 'ended', data: { clean: false, reason: 'expired' } })

  expect(line).toEqual({ label: 'Ended, not clean', tone: 'bad', note: 'its lease ended' })
})

test('a refused way out names where it would have led', () => {
  const data = { method: 'CONNECT', target: 'paste.example\u202e:443' }

  expect(eventLine({ type: 'egress_denied', data }).code).toBe('CONNECT paste.example\\u{202e}:443')
})

test('a file that was written shows its path and size', () => {
  const data = { path: '/workspace/a', size: 2048 }

  expect(eventLine({ type: 'file_written', data })).toMatchObject({
    code: '/workspace/a',
    note: '2.0 KiB',
  })
})

test.each(['paused', 'constructor', '__proto__'])('an unknown kind, %s, is shown', (type) => {
  const line = eventLine({ type, data: { by: 'warm pool' } })

  expect(line).toEqual({ label: type, tone: 'plain', code: '{"by":"warm pool"}' })
})

test('what was let out is shown with the rule, what was not with the reason', () => {
  const asked = { method: 'CONNECT', target: 'registry.npmjs.org:443', rule: 'npm', reason: null }

  expect(eventLine({ type: 'egress_allowed', data: asked })).toMatchObject({
    ...{ code: 'CONNECT registry.npmjs.org:443', note: 'npm' },
  })
  expect(
    eventLine({ type: 'egress_denied', data: { ...asked, reason: 'not_asked' } }),
  ).toMatchObject({ label: 'Way out refused', note: 'not_asked' })
})
