import type { SandboxEvent } from '@stuntdouble/sdk/wire'
import { describe, expect, test } from 'vitest'
import { sampleSandbox } from '../dev/samples.ts'
import { type Action, emptyState, keptEvents, reduce, type State } from './model.ts'

const after = (...actions: Action[]): State => actions.reduce(reduce, emptyState)
const event = (seq: number): SandboxEvent => ({
  seq,
  at: '2026-01-01T00:00:00Z',
  sandbox: 'sb1a2b3c4d5e6f',
  type: 'command',
  data: {},
})

describe('sandboxes', () => {
  test('are listed newest first', () => {
    const older = { ...sampleSandbox(), createdAt: '2026-01-01T00:00:00Z' }
    const newer = { ...sampleSandbox(), createdAt: '2026-01-02T00:00:00Z' }

    const state = after({ type: 'sandboxes', sandboxes: [older, newer] })

    expect(state.sandboxes?.map(({ id }) => id)).toEqual([newer.id, older.id])
  })

  test('that a list answered late does not know to have ended stay ended', () => {
    const sandbox = sampleSandbox()
    const ended = { ...sandbox, state: 'ended' as const, clean: true }

    const state = after(
      { type: 'sandbox', sandbox: ended },
      { type: 'sandboxes', sandboxes: [sandbox] },
    )

    expect(state.sandboxes).toEqual([ended])
  })

  test('keep their receipt’s verdict when an older answer arrives', () => {
    const ended = { ...sampleSandbox(), state: 'ended' as const }
    const receipted = { ...ended, clean: true }

    const state = after(
      { type: 'sandbox', sandbox: receipted },
      { type: 'sandbox', sandbox: ended },
    )

    expect(state.sandboxes).toEqual([receipted])
  })

  test('take over a longer lease', () => {
    const sandbox = sampleSandbox()
    const extended = { ...sandbox, expiresAt: '2099-01-01T00:00:00Z' }

    const state = after({ type: 'sandbox', sandbox }, { type: 'sandbox', sandbox: extended })

    expect(state.sandboxes).toEqual([extended])
  })

  test('the server does not know are dropped', () => {
    const sandbox = sampleSandbox()

    const state = after({ type: 'sandbox', sandbox }, { type: 'sandbox-unknown', id: sandbox.id })

    expect(state.sandboxes).toEqual([])
  })
})

describe('activity', () => {
  const id = 'sb1a2b3c4d5e6f'

  test('is ordered, and an event that came twice is shown once', () => {
    const state = after(
      { type: 'events', id, events: [event(3)] },
      { type: 'events', id, events: [event(1), event(2), event(3)] },
    )

    expect(state.activity.get(id)?.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  test('forgets its beginning, so that an agent cannot fill the browser', () => {
    const events = Array.from({ length: keptEvents + 5 }, (_, seq) => event(seq))

    const kept = after({ type: 'events', id, events }).activity.get(id)

    expect(kept).toHaveLength(keptEvents)
    expect(kept?.at(0)?.seq).toBe(5)
  })
})

test('signing out leaves nothing of what was seen', () => {
  const state = after({ type: 'sandbox', sandbox: sampleSandbox() }, { type: 'signed-out' })

  expect(state).toEqual({ ...emptyState, session: 'signed-out' })
})
