import { ControlClient, type Fetch } from '@stuntdouble/sdk/client'
import { createOwnFetch } from './own-fetch.ts'
import { createSession, type Session } from './session.ts'

type Asked = Omit<ControlClient, 'mcp'>
type Answer<Method extends keyof Asked> = ReturnType<Asked[Method]>

/** What this page asks of the control plane. Every promise rejects with a SandboxError. */
export interface ControlApi extends Session {
  sandboxes(): Answer<'listSandboxes'>
  snapshots(): Answer<'listSnapshots'>
  sandbox(id: string): Answer<'sandbox'>
  events(id: string): Answer<'events'>
  extend(id: string, by: string): Answer<'extendSandbox'>
  end(id: string): Answer<'destroySandbox'>
  receipt(id: string): Answer<'receipt'>
  localDatabase(id: string, name: string): Answer<'localDatabase'>
  handover(id: string): Answer<'handover'>
  /** How far the server’s clock is ahead of this machine’s, in milliseconds. */
  clockOffset(): number
}

export function createControlApi(origin: string, send?: Fetch): ControlApi {
  const { fetch, clockOffset } = createOwnFetch(send)
  const client = new ControlClient({ url: origin, fetch })
  return {
    ...createSession(origin, fetch),
    clockOffset,
    sandboxes: () => client.listSandboxes({ all: true }),
    snapshots: () => client.listSnapshots(),
    sandbox: (id) => client.sandbox(id),
    events: (id) => client.events(id),
    extend: (id, by) => client.extendSandbox(id, by),
    end: (id) => client.destroySandbox(id),
    receipt: (id) => client.receipt(id),
    localDatabase: (id, name) => client.localDatabase(id, name),
    handover: (id) => client.handover(id),
  }
}
