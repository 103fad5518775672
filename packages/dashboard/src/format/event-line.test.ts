import { describe, expect, test } from 'vitest'
import { eventLine } from './event-line.ts'

describe('a command', () => {
  test('shows its line, how long it took and what it printed', () => {
    const data = { command: 'ls', exitCode: 0, durationMs: 40, stdoutTail: 'a\n' }

    expect(eventLine({ type: 'command', data })).toEqual({
      label: 'Command',
      tone: 'plain',
      code: 'ls',
      note: '40 ms',
      output: 'a\n',
    })
  })

  test('says so when it failed', () => {
    const line = eventLine({ type: 'command', data: { command: 'false', exitCode: 1 } })

    expect(line).toMatchObject({ label: 'Command failed', tone: 'bad', note: 'exit 1' })
  })

  test('of several arguments is quoted where they need it', () => {
    const data = { command: ['echo', 'a b', "it's", '$HOME'], exitCode: 0 }

    expect(eventLine({ type: 'command', data }).code).toBe("echo 'a b' 'it'\\''s' '$HOME'")
  })

  test('with data of another shape is still a line', () => {
    const data = { command: { evil: true }, exitCode: 'zero', stdoutTail: 7, durationMs: null }

    expect(eventLine({ type: 'command', data })).toEqual({
      label: 'Command',
      tone: 'plain',
      code: '(not recorded)',
      note: '',
    })
  })
})

test('an end that was not clean stands out', () => {
  const line = eventLine({ type: 'ended', data: { clean: false, reason: 'expired' } })

  expect(line).toEqual({ label: 'Ended, not clean', tone: 'bad', note: 'its lease ended' })
})

test('a refused connection names the host', () => {
  const line = eventLine({ type: 'egress_denied', data: { host: 'paste.example\u202e' } })

  expect(line.code).toBe('paste.example\\u{202e}')
})

test('an unknown kind of event is shown with what came along', () => {
  const line = eventLine({ type: 'paused', data: { by: 'warm pool' } })

  expect(line).toEqual({ label: 'paused', tone: 'plain', code: '{"by":"warm pool"}' })
})
