import type { ControlApi } from '../api/api.ts'
import { coalesce } from './coalesce.ts'
import { errorFrom, type Store } from './store.ts'

/** Brings the store up to date. Nothing here rejects: a failure is recorded in the store. */
export interface Refresh {
  all(): Promise<void>
  sandbox(id: string): Promise<void>
  activity(id: string): Promise<void>
}

export function createRefresh(api: ControlApi, store: Store): Refresh {
  const all = coalesce(async () => {
    const [sandboxes, snapshots] = await Promise.all([api.sandboxes(), api.snapshots()])
    store.dispatch({ type: 'sandboxes', sandboxes })
    store.dispatch({ type: 'snapshots', snapshots })
  })
  const sandbox = coalesce(async (id) => {
    store.dispatch({ type: 'sandbox', sandbox: await api.sandbox(id) })
  })
  const activity = coalesce(async (id) => {
    store.dispatch({ type: 'events', id, events: await api.events(id) })
  })
  const unlessUnknown = (id: string) => (error: unknown) => {
    const { code } = errorFrom(error)
    const gone = code === 'sandbox_not_found' || code === 'sandbox_gone'
    if (gone) store.dispatch({ type: 'sandbox-unknown', id })
    else store.fail(error)
  }
  return {
    all: () => all('').catch(store.fail),
    sandbox: (id) => sandbox(id).catch(unlessUnknown(id)),
    activity: (id) => activity(id).catch(unlessUnknown(id)),
  }
}
