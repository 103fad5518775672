import type { Finding, Snapshot } from '@stuntdouble/sdk/wire'
import { newSecret, newSnapshotId } from '../lib/ids.ts'
import type { Source } from '../sources/sources.ts'
import { type Answers, readAnswers } from './answers.ts'
import type { Build, BuildParts, BuildRequest } from './build.ts'
import { buildFailure } from './errors.ts'
import { type FilledCopy, fillCopy } from './fill-copy.ts'
import { journalled } from './journalled.ts'
import { type Manifest, signManifest, snapshotOf } from './manifest.ts'
import { openSource } from './open-source.ts'
import { overlooked } from './overlooked.ts'
import { phasesOf } from './phases.ts'
import { sampledRows } from './review.ts'
import { scanDefinitions } from './scan-definitions.ts'
import { sealCopy } from './seal-copy.ts'
import { openStaging } from './staging.ts'
import { planCopy } from './subset.ts'

/** Inspects, checks the policy, and only then makes anything. What fails on the way leaves nothing. */
export async function buildSnapshot(
  parts: BuildParts,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<Snapshot> {
  const phases = phasesOf(request.onProgress)
  const { name } = request.source
  try {
    phases.enter('inspect')
    await using source = await openSource(parts.kind, request.source, signal)
    const answers = await readAnswers({
      ...{ configured: request.source, shapes: source.tables },
      key: parts.maskingKey,
    })
    const noticed = [
      ...(await scanDefinitions(source.schema, request.source, parts.registered)),
      ...(await notice(source, answers, signal)),
    ]
    const planned = await choose({ source, phases }, request, signal)
    const build = describe({ ...parts, ...planned, answers, noticed, phases }, request)
    return await journalled(build, () => stageAndSeal(build, signal))
  } catch (cause) {
    throw buildFailure(name, phases.current, cause)
  }
}

/** The sample is looked at in memory and goes no further. */
async function notice(source: Source, answers: Answers, signal: AbortSignal): Promise<Finding[]> {
  const shapes = source.tables
  const samples = await source.sample(shapes, sampledRows, signal)
  return overlooked({ shapes, samples, strategyOf: answers.strategyOf })
}

/** Shows what is copied before anything is. */
async function choose(
  { source, phases }: Pick<Build, 'source' | 'phases'>,
  { source: configured, onProgress }: BuildRequest,
  signal: AbortSignal,
): Promise<Pick<Build, 'source' | 'plan'>> {
  if (configured.subset === undefined) return { source, plan: undefined }
  phases.enter('choose')
  const report = { phase: 'choose' }
  const tell = (what: string) => onProgress({ ...report, message: `Looking for ${what}` })
  const planned = await planCopy({ source, configured, tell }, signal)
  const { plan } = planned
  onProgress({ ...report, message: `Chose ${plan.rows} rows of about ${plan.of}`, plan })
  return planned
}

type Known = BuildParts & Pick<Build, 'source' | 'answers' | 'noticed' | 'phases' | 'plan'>

function describe(known: Known, { source: configured, onProgress }: BuildRequest): Build {
  return {
    ...known,
    configured,
    onProgress,
    id: newSnapshotId(),
    image: configured.image ?? known.kind.imageFor(known.source.version),
    startedAt: known.clock(),
  }
}

/** Of the server that is being filled; what it sorts for indexes comes out of this. */
const stagingMemoryBytes = 1024 ** 3

async function stageAndSeal(build: Build, signal: AbortSignal): Promise<Snapshot> {
  const { engine, kind, clock, id, image, source, phases } = build
  const { encoding, collation, database } = source
  const admin = { user: kind.superuser, password: newSecret(), database }
  const role = { user: 'app', password: newSecret(), database }
  const volume = `${id}-data`

  phases.enter('stage')
  await engine.images.ensure(image, build.onProgress, signal)
  const container = kind.stagingContainer({
    ...{ name: 'db', image, volume, memoryBytes: stagingMemoryBytes },
    ...{ encoding, collation, credentials: admin },
  })
  await using staging = await openStaging({ engine, clock, id, container, volume }, signal)
  const filled = await fillCopy({ build, staging, admin, role }, signal)

  phases.enter('seal')
  await sealCopy({ build, staging, volume }, signal)
  const manifest = manifestOf(build, filled)
  const signature = signManifest(manifest, build.signer)
  build.store.seal(id, { manifest, signature, credentials: role })
  return snapshotOf(manifest)
}

function manifestOf(
  build: Build,
  { tables, sizeBytes, findings, leakCheck }: FilledCopy,
): Manifest {
  const { source, answers, id, image, startedAt } = build
  return {
    ...{ id, image, tables, sizeBytes, leakCheck, findings: [...findings], kind: build.kind.kind },
    source: build.configured.name,
    version: source.version,
    database: source.database,
    rows: tables.reduce((total, { rows }) => total + rows, 0),
    masked: tables.reduce((total, { maskedColumns }) => total + maskedColumns.length, 0),
    schemaFingerprint: source.schema.fingerprint,
    policyDigest: answers.digest,
    searchedFor: build.registered.digests.map(({ digest }) => digest),
    ...(build.plan && { plan: build.plan }),
    startedAt: new Date(startedAt).toISOString(),
    sealedAt: new Date(build.clock()).toISOString(),
  }
}
