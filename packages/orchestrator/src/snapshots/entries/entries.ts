import { createHash } from 'node:crypto'
import type { Snapshot } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../../config/config.ts'
import { newSecret, newSnapshotId } from '../../lib/ids.ts'
import { type EntryPolicy, isMasked, type KeyAnswer } from '../../masking/masking.ts'
import type { EntryKind, EntrySource, MountedKind } from '../../sources/sources.ts'
import { readPolicy } from '../answers.ts'
import type { BuildParts, BuildRequest } from '../build.ts'
import { buildFailure, policyMissing } from '../errors.ts'
import { journalled } from '../journalled.ts'
import { type Manifest, signManifest, snapshotOf } from '../manifest.ts'
import { openSource } from '../open-source.ts'
import { type Phases, phasesOf } from '../phases.ts'
import { sealCopy } from '../seal-copy.ts'
import { openStaging } from '../staging.ts'
import { type FilledEntries, fillEntries } from './fill-entries.ts'
import { survey } from './survey.ts'

type EntriesParts = BuildParts<EntryKind | MountedKind>

/** One build, once it is known that it may be made. */
export interface EntriesBuild extends EntriesParts, Pick<BuildRequest, 'onProgress'> {
  readonly id: string
  readonly image: string
  readonly startedAt: number
  readonly source: EntrySource
  readonly configured: LoadedSource
  readonly answers: EntryAnswers
  /** Entries to be copied, as they were counted before. */
  readonly wanted: number
  /** A sandbox is given an empty store of the kind: nothing is read but the version. */
  readonly isEmpty: boolean
  readonly phases: Phases
}

interface EntryAnswers {
  readonly policy: EntryPolicy<KeyAnswer>
  /** SHA-256 of the policy file. */
  readonly digest: string
}

/** Holds every name against the policy, and only then makes anything. What fails on the way leaves nothing. */
export async function buildEntries(
  parts: EntriesParts,
  { source: configured, onProgress }: BuildRequest,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { kind, clock } = parts
  const phases = phasesOf(onProgress)
  const { name } = configured
  try {
    phases.enter('inspect')
    const isEmpty = configured.stance === 'empty'
    const answers = isEmpty ? nothing : await readAnswers(kind, configured)
    await using source = await openSource(kind, configured, signal)
    const surveyed = { name, kind, source, policy: answers.policy }
    const wanted = isEmpty ? 0 : await survey(surveyed, signal)
    const build: EntriesBuild = {
      ...{ ...parts, source, configured, answers, wanted, isEmpty, phases, onProgress },
      ...{ id: newSnapshotId(), startedAt: clock() },
      image: configured.image ?? kind.imageFor(source.version),
    }
    return await journalled(build, () => stageAndSeal(build, signal))
  } catch (cause) {
    throw buildFailure(name, phases.current, cause)
  }
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
const nothing: EntryAnswers = { policy: [], digest: digestOf('') }

async function readAnswers(
  { names }: Pick<EntryKind | MountedKind, 'names'>,
  configured: LoadedSource,
): Promise<EntryAnswers> {
  const { name, policyPath } = configured
  const text = await readPolicy(configured)
  if (text === undefined) throw policyMissing(name, policyPath)
  return { policy: names.parse(text, policyPath), digest: digestOf(text) }
}

/** Of the server that is being filled, which holds all of it in memory. */
const stagingMemoryBytes = 1024 ** 3

async function stageAndSeal(build: EntriesBuild, signal: AbortSignal): Promise<Snapshot> {
  const { engine, kind, clock, id, image, source, phases } = build
  const { database } = source
  const admin = { user: kind.superuser, password: newSecret(), database }
  const role = { user: 'app', password: newSecret(), database }
  const volume = `${id}-data`

  phases.enter('stage')
  await engine.images.ensure(image, build.onProgress, signal)
  const container = kind.stagingContainer({
    ...{ name: 'db', image, volume, credentials: admin },
    memoryBytes: stagingMemoryBytes,
  })
  await using staging = await openStaging({ engine, clock, id, container, volume }, signal)
  const filled = await fillEntries({ build, staging, admin, role }, signal)

  phases.enter('seal')
  await sealCopy({ build, staging, volume }, signal)
  const manifest = manifestOf(build, filled)
  const signature = signManifest(manifest, build.signer)
  build.store.seal(id, { manifest, signature, credentials: role })
  return snapshotOf(manifest)
}

function manifestOf(build: EntriesBuild, filled: FilledEntries): Manifest {
  const { id, image, source, answers, configured, startedAt } = build
  const { sizeBytes, leakCheck, findings } = filled
  const tables = tablesOf(filled)
  return {
    ...{ id, image, sizeBytes, leakCheck, tables, findings: [...findings] },
    ...{ source: configured.name, kind: build.kind.kind },
    ...{ version: source.version, database: source.database },
    rows: tables.reduce((total, { rows }) => total + rows, 0),
    masked: tables.reduce((total, { maskedColumns }) => total + maskedColumns.length, 0),
    schemaFingerprint: digestOf(JSON.stringify(tables.map(({ table }) => table))),
    policyDigest: answers.digest,
    searchedFor: build.registered.digests.map(({ digest }) => digest),
    startedAt: new Date(startedAt).toISOString(),
    sealedAt: new Date(build.clock()).toISOString(),
  }
}

/** Each pattern that something was copied for. */
const tablesOf = ({ copied, tables }: FilledEntries): Manifest['tables'] =>
  tables.flatMap(({ shape, columns }) => {
    const rows = copied.get(shape.name)
    if (rows === undefined) return []
    const masked = columns.filter(({ strategy }) => isMasked(strategy))
    return [{ table: shape.name, rows, maskedColumns: masked.map((column) => column.shape.name) }]
  })
