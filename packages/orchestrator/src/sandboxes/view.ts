import type {
  DatabaseView,
  FilesView,
  SandboxState,
  SandboxView,
  ServiceView,
} from '@stuntdouble/sdk/wire'
import type { Desk } from './desk.ts'
import { diskView } from './disk-bound.ts'
import { idleAt } from './lease.ts'
import type { Sandbox } from './sandbox.ts'

const timestamp = (at: number) => new Date(at).toISOString()

export function viewOf(
  sandbox: Sandbox,
  { store, egress, diskUses, clock }: Pick<Desk, 'store' | 'egress' | 'diskUses' | 'clock'>,
): SandboxView {
  return {
    id: sandbox.id,
    state: stateOf(sandbox),
    createdAt: timestamp(sandbox.createdAt),
    expiresAt: timestamp(sandbox.expiresAt),
    idleAt: timestamp(idleAt(sandbox)),
    secondsLeft: secondsLeft(sandbox, clock()),
    endedAt: sandbox.endedAt === null ? null : timestamp(sandbox.endedAt),
    endReason: sandbox.endReason,
    snapshot: firstSnapshot(sandbox),
    databases: databasesOf(sandbox),
    egress: egress.granted(sandbox.blueprint.egress),
    credentials: egress.credentials(sandbox.blueprint.credentials),
    files: filesOf(sandbox),
    ...servicesOf(sandbox),
    image: sandbox.blueprint.workspace.image,
    isolation: sandbox.blueprint.isolation ?? 'runc',
    limits: sandbox.blueprint.limits,
    disk: diskView(sandbox.blueprint, diskUses.get(sandbox.id)),
    problem: sandbox.problem,
    clean: sandbox.state === 'ended' ? (store.receipt(sandbox.id)?.clean ?? null) : null,
  }
}

const secondsLeft = (sandbox: Sandbox, now: number) =>
  sandbox.endReason === null ? Math.max(0, Math.round((idleAt(sandbox) - now) / 1000)) : 0
function stateOf({ state, rollback, pausedAt }: Sandbox): SandboxState {
  if (state !== 'ready') return state
  if (rollback !== null) return 'rolling_back'
  return pausedAt === null ? 'ready' : 'paused'
}

export function databasesOf(sandbox: Sandbox): Record<string, DatabaseView> {
  return Object.fromEntries(
    sandbox.databases.map(({ name, url, snapshot, source }) => [name, { url, snapshot, source }]),
  )
}

export const filesOf = ({ files }: Sandbox): Record<string, FilesView> =>
  Object.fromEntries(
    files.map(({ name, path, snapshot, source }) => [name, { path, snapshot, source }]),
  )

function servicesOf({ blueprint }: Sandbox): { readonly services?: Record<string, ServiceView> } {
  const entries = Object.entries(blueprint.services)
  if (entries.length === 0) return {}
  const views = entries.map(([name, { image, ports }]) => [name, { image, ports }] as const)
  return { services: Object.fromEntries(views) }
}

/** Of its first database, or its first files; null without data. */
export const firstSnapshot = ({ databases, files }: Sandbox) =>
  [...databases, ...files][0]?.snapshot ?? null
