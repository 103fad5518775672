import { effect } from '@preact/signals'
import { followLive, type LiveListener, type OpenStream } from '../api/live.ts'
import type { Refresh } from './refresh.ts'
import type { Store } from './store.ts'

/** Also without an event: what is stored on the server is the truth, and an event can be missed. */
const refreshEveryMs = 15_000

/** While someone is signed in, follows events and refreshes; stops both when the session is over. */
export function keepLive(store: Store, refresh: Refresh, openStream?: OpenStream): () => void {
  let stop: AbortController | undefined
  return effect(() => {
    const signedIn = store.state.value.session === 'signed-in'
    if (signedIn && !stop) {
      stop = new AbortController()
      followLive(listenerOf(store, refresh), stop.signal, openStream)
      const timer = setInterval(() => void refresh.all(), refreshEveryMs)
      stop.signal.addEventListener('abort', () => clearInterval(timer))
    } else if (!signedIn) {
      stop?.abort()
      stop = undefined
    }
  })
}

function listenerOf(store: Store, refresh: Refresh): LiveListener {
  return {
    onEvent(event) {
      if (event.type.startsWith('snapshot_')) {
        void refresh.all()
        return
      }
      store.dispatch({ type: 'events', id: event.sandbox, events: [event] })
      void refresh.sandbox(event.sandbox)
    },
    onStatus(connection) {
      store.dispatch({ type: 'connection', connection })
      void refresh.all()
    },
  }
}
