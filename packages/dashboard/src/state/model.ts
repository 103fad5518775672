import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { SandboxEvent, SandboxView, Snapshot } from '@stuntdouble/sdk/wire'

export interface State {
  readonly session: 'unknown' | 'signed-out' | 'signed-in'
  readonly connection: 'connecting' | 'live' | 'lost'
  /** Undefined until the first answer. */
  readonly sandboxes: readonly SandboxView[] | undefined
  readonly snapshots: readonly Snapshot[] | undefined
  readonly activity: ReadonlyMap<string, readonly SandboxEvent[]>
  /** Why the last refresh failed; cleared by the next that succeeds. */
  readonly problem: SandboxError | undefined
}

export type Action =
  | { readonly type: 'signed-in' | 'signed-out' }
  | { readonly type: 'connection'; readonly connection: State['connection'] }
  | { readonly type: 'sandboxes'; readonly sandboxes: readonly SandboxView[] }
  | { readonly type: 'snapshots'; readonly snapshots: readonly Snapshot[] }
  | { readonly type: 'sandbox'; readonly sandbox: SandboxView }
  | { readonly type: 'sandbox-unknown'; readonly id: string }
  | { readonly type: 'events'; readonly id: string; readonly events: readonly SandboxEvent[] }
  | { readonly type: 'failed'; readonly problem: SandboxError }

export const emptyState: State = {
  session: 'unknown',
  connection: 'connecting',
  sandboxes: undefined,
  snapshots: undefined,
  activity: new Map(),
  problem: undefined,
}

/** Events kept per sandbox: an agent decides how many there are. */
export const keptEvents = 1000

/** The next state. Pure, so that every order in which answers and events can arrive is testable. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'signed-out':
      return { ...emptyState, session: 'signed-out' }
    case 'signed-in':
      return { ...state, session: 'signed-in' }
    case 'connection':
      return { ...state, connection: action.connection }
    case 'sandboxes':
      return { ...answered(state), sandboxes: byAge(merge(state.sandboxes, action.sandboxes)) }
    case 'snapshots':
      return { ...answered(state), snapshots: byStart(action.snapshots) }
    case 'sandbox':
      return { ...answered(state), sandboxes: byAge(withSandbox(state.sandboxes, action.sandbox)) }
    case 'sandbox-unknown':
      return { ...state, sandboxes: state.sandboxes?.filter(({ id }) => id !== action.id) }
    case 'events':
      return { ...state, activity: withEvents(state.activity, action.id, action.events) }
    case 'failed':
      return { ...state, problem: action.problem }
  }
}

const answered = (state: State): State => ({
  ...state,
  session: 'signed-in',
  problem: undefined,
})

function merge(
  before: readonly SandboxView[] | undefined,
  now: readonly SandboxView[],
): readonly SandboxView[] {
  const known = new Map(before?.map((sandbox) => [sandbox.id, sandbox]))
  return now.map((sandbox) => further(known.get(sandbox.id), sandbox))
}

function withSandbox(
  before: readonly SandboxView[] | undefined,
  sandbox: SandboxView,
): readonly SandboxView[] {
  const others = before?.filter(({ id }) => id !== sandbox.id) ?? []
  return [
    ...others,
    further(
      before?.find(({ id }) => id === sandbox.id),
      sandbox,
    ),
  ]
}

const stateOrder: Record<SandboxView['state'], number> = {
  creating: 0,
  ready: 1,
  paused: 1,
  rolling_back: 1,
  ending: 2,
  ended: 3,
}

/** Answers overtake each other, and no sandbox lives again: the one further along is the later. */
function further(before: SandboxView | undefined, now: SandboxView): SandboxView {
  if (!before || stateOrder[now.state] > stateOrder[before.state]) return now
  if (stateOrder[now.state] < stateOrder[before.state]) return before
  return before.clean !== null && now.clean === null ? before : now
}

const byAge = (sandboxes: readonly SandboxView[]) =>
  sandboxes.toSorted(
    (a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || a.id.localeCompare(b.id),
  )

const byStart = (snapshots: readonly Snapshot[]) =>
  snapshots.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))

function withEvents(
  activity: State['activity'],
  id: string,
  events: readonly SandboxEvent[],
): State['activity'] {
  const bySeq = new Map(activity.get(id)?.map((event) => [event.seq, event]))
  for (const event of events) bySeq.set(event.seq, event)
  const ordered = [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-keptEvents)
  return new Map(activity).set(id, ordered)
}
