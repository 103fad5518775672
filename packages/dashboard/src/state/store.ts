import { type ReadonlySignal, signal } from '@preact/signals'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { type Action, emptyState, reduce, type State } from './model.ts'

export interface Store {
  readonly state: ReadonlySignal<State>
  dispatch(action: Action): void
  /** Records a refresh that failed; a session that is over means signing in again. */
  fail(error: unknown): void
}

export function createStore(): Store {
  const state = signal<State>(emptyState)
  const dispatch = (action: Action) => {
    state.value = reduce(state.value, action)
  }
  return {
    state,
    dispatch,
    fail(error) {
      const problem = errorFrom(error)
      if (problem.code !== 'unauthorized') dispatch({ type: 'failed', problem })
      else if (state.value.session !== 'signed-out') dispatch({ type: 'signed-out' })
    },
  }
}

/** Anything thrown as the one error class; what is not one already is a bug of this page. */
export function errorFrom(error: unknown): SandboxError {
  if (error instanceof SandboxError) return error
  return new SandboxError('internal', 'Something in this page went wrong.', {
    hint: 'Reload the page.',
    cause: error,
  })
}
