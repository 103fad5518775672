import {
  type Handover,
  Handover as HandoverSchema,
  LocalDatabase,
  Receipt,
  SandboxEventList,
  SandboxList,
  SandboxView,
  SnapshotList,
} from '@stuntdouble/sdk/wire'
import type { z } from 'zod'
import { type Call, request } from './request.ts'

/** What this page asks of the control plane. Every promise rejects with a SandboxError. */
export interface ControlApi {
  signIn(key: string): Promise<void>
  signOut(): Promise<void>
  sandboxes(): Promise<z.infer<typeof SandboxList>>
  snapshots(): Promise<z.infer<typeof SnapshotList>>
  sandbox(id: string): Promise<SandboxView>
  events(id: string): Promise<z.infer<typeof SandboxEventList>>
  extend(id: string, by: string): Promise<void>
  end(id: string): Promise<Receipt>
  receipt(id: string): Promise<Receipt>
  localDatabase(id: string, name: string): Promise<LocalDatabase>
  handover(id: string): Promise<Handover>
  /** How far the server’s clock is ahead of this machine’s, in milliseconds. */
  clockOffset(): number
}

export function createControlApi(): ControlApi {
  let offset = 0
  const call = async <Answer>(options: Call<Answer>): Promise<Answer> => {
    const { value, serverTime } = await request(options)
    if (serverTime !== undefined) offset = meaningful(serverTime - Date.now())
    return value
  }
  const at = (id: string, tail = '') => `/sandboxes/${encodeURIComponent(id)}${tail}`

  return {
    clockOffset: () => offset,
    signIn: (key) => call({ method: 'POST', path: '/session', body: { key } }),
    signOut: () => call({ method: 'DELETE', path: '/session' }),
    sandboxes: () => call({ path: '/sandboxes?all=true', answer: SandboxList }),
    snapshots: () => call({ path: '/snapshots', answer: SnapshotList }),
    sandbox: (id) => call({ path: at(id), answer: SandboxView }),
    events: (id) => call({ path: at(id, '/events'), answer: SandboxEventList }),
    extend: (id, by) => call({ method: 'POST', path: at(id, '/extend'), body: { by } }),
    end: (id) => call({ method: 'DELETE', path: at(id), answer: Receipt }),
    receipt: (id) => call({ path: at(id, '/receipt'), answer: Receipt }),
    localDatabase: (id, name) =>
      call({
        method: 'POST',
        path: at(id, `/databases/${encodeURIComponent(name)}/local`),
        answer: LocalDatabase,
      }),
    handover: (id) =>
      call({ method: 'POST', path: at(id, '/handover'), body: {}, answer: HandoverSchema }),
  }
}

/** The Date header has whole seconds; a smaller difference is noise and would make clocks jump. */
const meaningful = (difference: number) => (Math.abs(difference) < 3000 ? 0 : difference)
