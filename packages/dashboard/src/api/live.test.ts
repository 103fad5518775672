import type { SandboxEvent } from '@stuntdouble/sdk/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followLive, type LiveStatus } from './live.ts'

class ScriptedStream extends EventTarget {
  readyState = 0
  close(): void {
    this.readyState = 2
  }
  opens = () => this.dispatchEvent(new Event('open'))
  says = (data: string) => this.dispatchEvent(new MessageEvent('message', { data }))
  fails(readyState: 0 | 2): void {
    this.readyState = readyState
    this.dispatchEvent(new Event('error'))
  }
}

function follow() {
  const streams: ScriptedStream[] = []
  const heard: SandboxEvent[] = []
  const statuses: LiveStatus[] = []
  const stop = new AbortController()
  const listener = {
    onEvent: (event: SandboxEvent) => void heard.push(event),
    onStatus: (status: LiveStatus) => void statuses.push(status),
  }
  followLive(listener, stop.signal, () => {
    const stream = new ScriptedStream()
    streams.push(stream)
    return stream as unknown as EventSource
  })
  const last = () => streams.at(-1) as ScriptedStream
  return { streams, heard, statuses, stop, last }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('events are heard, and what is none is passed over', () => {
  const { last, heard } = follow()
  const event = {
    seq: 1,
    at: '2026-01-01T00:00:00Z',
    sandbox: 'sb1a2b3c4d5e6f',
    type: 'ready',
    data: {},
  }

  last().says('{"half":')
  last().says('{"seq":"x"}')
  last().says(JSON.stringify(event))

  expect(heard).toEqual([event])
})

test('a dropped connection is left to the browser to open again', () => {
  const { last, streams, statuses } = follow()

  last().opens()
  last().fails(0)
  vi.advanceTimersByTime(60_000)
  last().opens()

  expect(streams).toHaveLength(1)
  expect(statuses).toEqual(['live', 'lost', 'live'])
})

test('a refused stream is opened anew, ever slower', () => {
  const { last, streams } = follow()

  for (const wait of [1000, 2000, 4000, 8000, 15_000, 15_000]) {
    const before = streams.length
    last().fails(2)
    vi.advanceTimersByTime(wait - 1)
    expect(streams).toHaveLength(before)
    vi.advanceTimersByTime(1)
    expect(streams).toHaveLength(before + 1)
  }
})

test('nothing is opened after the end', () => {
  const { last, streams, stop, statuses } = follow()

  last().fails(2)
  stop.abort()
  vi.advanceTimersByTime(60_000)

  expect(streams).toHaveLength(1)
  expect(last().readyState).toBe(2)
  expect(statuses).toEqual(['lost'])
})
