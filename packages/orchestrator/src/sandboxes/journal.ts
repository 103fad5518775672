import type { Blueprint } from '@stuntdouble/sdk/wire'
import { parseDuration } from '@stuntdouble/sdk/wire'
import { newSandboxId } from '../lib/ids.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import type { ServerKinds } from '../sources/sources.ts'
import { memoryOf } from './capacity/memory-of.ts'
import { notFiles, notServed, servicePortTaken } from './errors.ts'
import type { Sandbox, SandboxDatabase, SandboxFiles } from './sandbox.ts'

interface Entry {
  readonly blueprint: Blueprint
  readonly workspace: string | null
  readonly now: number
}

/** The row of a sandbox to be: everything decided, nothing made. Throws `snapshot_not_found`. */
export function newSandbox(
  { blueprint, workspace, now }: Entry,
  snapshots: Pick<Snapshots, 'sealed'>,
  kinds: ServerKinds,
): Sandbox {
  const databases = databasesOf(blueprint, snapshots, kinds)
  refuseTakenPorts(blueprint, databases)
  return {
    ...beginning(blueprint, now),
    databases,
    files: filesOf(blueprint, snapshots),
    workspace,
  }
}

/** What every sandbox begins with: its lease, and nothing that happened yet. */
const beginning = (blueprint: Blueprint, now: number) => ({
  ...{ id: newSandboxId(), state: 'creating' as const, blueprint, createdAt: now, activeAt: now },
  expiresAt: now + milliseconds(blueprint.ttl),
  idleMs: milliseconds(blueprint.idle),
  ...{ endReason: null, endedAt: null, warnedOf: null, preStopAt: null, problem: null },
  ...{ forkOf: null, rollback: null, pausedAt: null, pool: null, inventory: [] },
  memoryBytes: memoryOf(blueprint),
})

interface Forked {
  readonly blueprint: Blueprint
  /** The id of the checkpoint that it begins as. */
  readonly from: string
  readonly now: number
}

/** The row of a copy: the same data under the same names and passwords, and a lease of its own. */
export const newFork = (
  { databases, files }: Sandbox,
  { blueprint, from, now }: Forked,
): Sandbox => ({
  ...{ ...beginning(blueprint, now), databases, files },
  workspace: null,
  forkOf: from,
})

/** Containers of a pod share its loopback, so each database listens on a port of its own. */
function databasesOf(
  { data }: Blueprint,
  snapshots: Pick<Snapshots, 'sealed'>,
  kinds: ServerKinds,
): SandboxDatabase[] {
  return Object.entries(data).map(([name, { source, snapshot, image }], index) => {
    const sealed = snapshots.sealed({ source, ...(snapshot && { snapshot }) })
    if (sealed.kind === 'files') throw notServed(name, source)
    const kind = kinds[sealed.kind]
    const port = kind.port + index
    return {
      name,
      kind: sealed.kind,
      source,
      snapshot: sealed.id,
      image: image ?? sealed.image,
      sealedVolume: sealed.volume,
      port,
      credentials: sealed.credentials,
      url: kind.url(sealed.credentials, { host: name, port }),
    }
  })
}

function refuseTakenPorts({ services }: Blueprint, databases: readonly SandboxDatabase[]): void {
  for (const [name, { ports }] of Object.entries(services)) {
    const taken = databases.find(({ port }) => ports.includes(port))
    if (taken) throw servicePortTaken(name, ports.indexOf(taken.port), taken)
  }
}

function filesOf(
  { files }: Blueprint,
  snapshots: Pick<Snapshots, 'sealed'>,
): readonly SandboxFiles[] {
  return Object.entries(files).map(([name, { source, snapshot, path }]) => {
    const sealed = snapshots.sealed({ source, ...(snapshot && { snapshot }) })
    if (sealed.kind !== 'files') throw notFiles(name, source)
    return { name, source, snapshot: sealed.id, sealedVolume: sealed.volume, path }
  })
}

const milliseconds = (duration: string) => (parseDuration(duration) ?? 0) * 1000
