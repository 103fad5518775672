import { type ReadonlySignal, signal } from '@preact/signals'
import type { Handover, Receipt, SandboxView } from '@stuntdouble/sdk/wire'
import type { ControlApi } from '../api/api.ts'
import type { OpenStream } from '../api/live.ts'
import type { State } from './model.ts'
import { createRefresh } from './refresh.ts'
import { keepLive } from './session.ts'
import { createStore, errorFrom, type Store } from './store.ts'

/** What the views see: one state, the server’s time, and what a person can do. */
export interface Dashboard {
  readonly state: ReadonlySignal<State>
  /** The server’s clock, ticking every second. */
  readonly now: ReadonlySignal<number>
  /** Loads what there is and follows it from then on. Called once. */
  start(): void
  /** Loads one sandbox and its activity, also one that no list has named yet. Never rejects. */
  open(id: string): Promise<void>
  /** These reject with a SandboxError; one that says the session is over also shows the sign-in. */
  signIn(key: string): Promise<void>
  signOut(): Promise<void>
  extend(id: string): Promise<SandboxView>
  end(id: string): Promise<Receipt>
  receipt(id: string): Promise<Receipt>
  localDatabase(id: string, name: string): ReturnType<ControlApi['localDatabase']>
  handover(id: string): Promise<Handover>
}

const extension = '30m'

export function createDashboard(api: ControlApi, openStream?: OpenStream): Dashboard {
  const store = createStore()
  const refresh = createRefresh(api, store)
  const now = signal(Date.now())
  const ask = askThrough(store)
  const change = async <Answer>(id: string, work: Promise<Answer>): Promise<Answer> => {
    const answer = await ask(work)
    await refresh.sandbox(id)
    return answer
  }
  return {
    state: store.state,
    now,
    start() {
      keepLive(store, refresh, openStream)
      setInterval(() => {
        now.value = Date.now() + api.clockOffset()
      }, 1000)
      void refresh.all()
    },
    async open(id) {
      await Promise.all([refresh.sandbox(id), refresh.activity(id)])
    },
    async signIn(key) {
      await api.signIn(key)
      await refresh.all()
    },
    async signOut() {
      await ask(api.signOut())
      store.dispatch({ type: 'signed-out' })
    },
    extend: (id) => change(id, api.extend(id, extension)),
    end: (id) => change(id, api.end(id)),
    receipt: (id) => ask(api.receipt(id)),
    localDatabase: (id, name) => ask(api.localDatabase(id, name)),
    handover: (id) => ask(api.handover(id)),
  }
}

const askThrough =
  (store: Store) =>
  async <Answer>(work: Promise<Answer>): Promise<Answer> => {
    try {
      return await work
    } catch (error) {
      const problem = errorFrom(error)
      if (problem.code === 'unauthorized') store.fail(problem)
      throw problem
    }
  }
