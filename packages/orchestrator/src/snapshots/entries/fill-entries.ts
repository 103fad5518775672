import type { Finding, LeakCoverage } from '@stuntdouble/sdk/wire'
import { compileKeyMasker, type KeyTable, keyTables } from '../../masking/masking.ts'
import type {
  Credentials,
  Dial,
  EntryKind,
  EntryTarget,
  MountedKind,
} from '../../sources/sources.ts'
import { copyHoldsSecrets, leaked } from '../errors.ts'
import { LeakCheck, searchFiles, verdictOf } from '../leak-check/leak-check.ts'
import { Pace } from '../pace.ts'
import type { Staging } from '../staging.ts'
import { openThreads } from '../threads/threads.ts'
import { Throttle } from '../throttle.ts'
import { waitForServer } from '../wait-for-server.ts'
import { Collecting } from './collecting.ts'
import { type CopiedEntries, copyEntries } from './copy-entries.ts'
import type { EntriesBuild } from './entries.ts'
import { entriesLost } from './errors.ts'
import { searchEntries } from './search-entries.ts'

export interface FillingEntries {
  readonly build: EntriesBuild
  readonly staging: Staging
  /** The build’s, while the copy is made. */
  readonly admin: Credentials
  /** Who a sandbox will be. */
  readonly role: Credentials
}

export interface FilledEntries {
  readonly copied: CopiedEntries
  readonly tables: readonly KeyTable[]
  readonly sizeBytes: number
  readonly findings: readonly Finding[]
  readonly leakCheck: LeakCoverage
}

/** Fills an empty server with masked entries, and does not return before they have stood every check. */
export async function fillEntries(
  filling: FillingEntries,
  signal: AbortSignal,
): Promise<FilledEntries> {
  const { build, role } = filling
  const { kind, phases, source, answers, configured } = build
  await using target = await openTarget(filling, signal)

  phases.enter('copy')
  const leaks = new LeakCheck({ registered: build.registered })
  const tables = keyTables(answers.policy, kind.names.called)
  const collecting = new Collecting(leaks, tables)
  const masker = compileKeyMasker({
    ...{ policy: answers.policy, key: build.maskingKey },
    onMasked: (place, value) => collecting.add(place, value),
  })
  const pace = paceOf(build)
  const throttle = new Throttle(configured.maxBytesPerSecond, build.clock)
  const copying = { name: configured.name, kind, source, target, masker, pace, throttle }
  const copied = build.isEmpty ? new Map() : await copyEntries(copying, signal)
  collecting.end()

  phases.enter('verify')
  await verify(build, { target, copied }, signal)
  phases.enter('leaks')
  await target.writeOut(signal)
  await using threads = openThreads([])
  await searchEntries({ kind, target, masker, tables, leaks, threads }, signal)
  await searchFiles(filesOf(filling), { leaks, threads }, signal)
  const verdict = verdictOf(leaks, configured.accept ?? [])
  if (verdict.secrets.length > 0) throw copyHoldsSecrets(configured.name, verdict)
  if (verdict.leaks.length > 0) throw leaked(configured.name, verdict.leaks)

  const sizeBytes = await target.sizeBytes(signal)
  await target.finish(role, signal)
  const findings = [...(build.isEmpty ? [] : source.findings), ...verdict.findings]
  return { copied, tables, sizeBytes, findings, leakCheck: leaks.coverage }
}

async function openTarget(
  { build, staging, admin }: FillingEntries,
  signal: AbortSignal,
): Promise<EntryTarget> {
  const { kind, configured } = build
  if (!isServed(kind)) return await kind.target(staging.exec, signal)
  const dial: Dial = (dialSignal) => staging.dial(kind.port, dialSignal)
  await waitForServer({ kind, name: configured.name, dial, admin }, signal)
  return await kind.target(dial, admin, signal)
}

const isServed = (kind: EntryKind | MountedKind): kind is EntryKind => 'port' in kind

/** A path of the copy may be a name that is kept: it is told by its shape. */
const filesOf = ({ build: { kind }, staging: { exec } }: FillingEntries) => ({
  ...{ directory: kind.dataDirectory, exec },
  ...(kind.pristineFiles !== undefined && { pristine: kind.pristineFiles }),
  ...(!isServed(kind) && { nameOf: (path: string) => kind.names.shapeOf(Buffer.from(path)) }),
})

const paceOf = ({ wanted, clock, onProgress }: EntriesBuild) =>
  new Pace({ estimatedRows: wanted, heldSince: undefined, clock, onProgress })

interface Checked {
  readonly target: EntryTarget
  readonly copied: CopiedEntries
}

/** Two names that became one would have left one entry fewer. */
async function verify(build: EntriesBuild, { target, copied }: Checked, signal: AbortSignal) {
  const expected = [...copied.values()].reduce((total, count) => total + count, 0)
  const there = await target.count(signal)
  const { configured, kind } = build
  if (there !== expected)
    throw entriesLost(configured.name, kind.names, { copied: expected, there })
}
