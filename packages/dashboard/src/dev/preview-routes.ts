import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  Handover,
  LocalDatabase,
  problemOf,
  SandboxEventList,
  SandboxList,
  SnapshotList,
} from '@stuntdouble/sdk/wire'
import type { ScriptedControlPlane } from './scripted-control-plane.ts'

export interface Asked {
  readonly method: string
  readonly path: string
}

export interface Told {
  readonly status: number
  readonly body?: unknown
}

type Answer = (plane: ScriptedControlPlane, id: string, name: string) => unknown

/** `/v1` as far as the page uses it. */
const routes: readonly (readonly [string, RegExp, Answer])[] = [
  [
    'GET',
    /^\/sandboxes$/,
    (plane) => SandboxList.parse({ sandboxes: [...plane.sandboxes.values()] }),
  ],
  ['GET', /^\/snapshots$/, (plane) => SnapshotList.parse({ snapshots: plane.snapshots })],
  ['GET', /^\/sandboxes\/(\w+)$/, (plane, id) => plane.sandboxes.get(id)],
  ['DELETE', /^\/sandboxes\/(\w+)$/, (plane, id) => plane.end(id)],
  ['GET', /^\/sandboxes\/(\w+)\/receipt$/, (plane, id) => plane.receipts.get(id)],
  ['POST', /^\/sandboxes\/(\w+)\/extend$/, extendedBy],
  ['GET', /^\/sandboxes\/(\w+)\/events$/, eventsOf],
  ['POST', /^\/sandboxes\/(\w+)\/handover$/, handoverOf],
  ['POST', /^\/sandboxes\/(\w+)\/databases\/([\w-]+)\/local$/, localDatabaseOf],
]

export function answer(plane: ScriptedControlPlane, { method, path }: Asked): Told {
  for (const [verb, pattern, respond] of routes) {
    const match = method === verb && pattern.exec(path)
    if (!match) continue
    const body = respond(plane, match[1] ?? '', match[2] ?? '')
    if (body !== undefined) return { status: 200, body }
  }
  return refuse('sandbox_not_found', 'No such sandbox.', 'Run `sandbox ls --all`.')
}

export function refuse(
  code: 'sandbox_not_found' | 'unauthorized' | 'forbidden',
  message: string,
  hint: string,
): Told {
  const error = new SandboxError(code, message, { hint })
  return { status: error.status, body: problemOf(error) }
}

function extendedBy(plane: ScriptedControlPlane, id: string) {
  const view = plane.extend(id, 30 * 60_000)
  if (!view) return undefined
  const { expiresAt } = view
  return { ...view, extension: { asked: expiresAt, granted: expiresAt, limitedBy: null } }
}

function eventsOf(plane: ScriptedControlPlane, id: string) {
  return SandboxEventList.parse({ events: plane.events.filter(({ sandbox }) => sandbox === id) })
}

function handoverOf(plane: ScriptedControlPlane, id: string) {
  const sandbox = plane.sandboxes.get(id)
  if (!sandbox) return undefined
  const { expiresAt, snapshot, databases } = sandbox
  const token = `preview-token-of-${id}`
  const url = `http://127.0.0.1:8767/s/${token}/`
  return Handover.parse({ id, url, token, expiresAt, snapshot, databases })
}

function localDatabaseOf(_plane: ScriptedControlPlane, _id: string, name: string) {
  const url = `postgres://sandbox:hunter2hunter2@127.0.0.1:40123/${name}`
  return LocalDatabase.parse({ url, host: '127.0.0.1', port: 40_123 })
}
