import type { DatabaseView, SandboxView } from '@stuntdouble/sdk/wire'
import type { Desk } from './desk.ts'
import { idleAt } from './lease.ts'
import type { Sandbox } from './sandbox.ts'

const timestamp = (at: number) => new Date(at).toISOString()

export function viewOf(
  sandbox: Sandbox,
  { store, egress }: Pick<Desk, 'store' | 'egress'>,
): SandboxView {
  return {
    id: sandbox.id,
    state: sandbox.state,
    createdAt: timestamp(sandbox.createdAt),
    expiresAt: timestamp(sandbox.expiresAt),
    idleAt: timestamp(idleAt(sandbox)),
    endedAt: sandbox.endedAt === null ? null : timestamp(sandbox.endedAt),
    endReason: sandbox.endReason,
    snapshot: sandbox.databases[0]?.snapshot ?? null,
    databases: databasesOf(sandbox),
    egress: egress.granted(sandbox.blueprint.egress),
    image: sandbox.blueprint.workspace.image,
    problem: sandbox.problem,
    clean: sandbox.state === 'ended' ? (store.receipt(sandbox.id)?.clean ?? null) : null,
  }
}

export function databasesOf(sandbox: Sandbox): Record<string, DatabaseView> {
  return Object.fromEntries(
    sandbox.databases.map(({ name, url, snapshot, source }) => [name, { url, snapshot, source }]),
  )
}
