import { availableParallelism } from 'node:os'
import type { Finding, LeakCoverage, TableCount } from '@stuntdouble/sdk/wire'
import type { z } from 'zod'
import { isMasked, type TableShape, tableKey } from '../masking/masking.ts'
import type { Credentials, Dial, SchemaStatement, Target } from '../sources/sources.ts'
import type { Build } from './build.ts'
import { type CopiedTable, copyTables } from './copy-tables.ts'
import { copyHoldsSecrets, imageTooOld, leaked, policyUnfit, verificationFailed } from './errors.ts'
import { horizonFindings } from './horizon.ts'
import { LeakCheck, type Searching, searchCopy } from './leak-check/leak-check.ts'
import { Pace } from './pace.ts'
import type { PhaseName } from './phases.ts'
import { rehearse } from './rehearsal.ts'
import type { Staging } from './staging.ts'
import { openThreads, type TableJob } from './threads/threads.ts'
import { Throttle } from './throttle.ts'
import { compareForeignKeys, compareRows, unmaskedColumns } from './verify.ts'
import { waitForServer } from './wait-for-server.ts'

export interface Filling {
  readonly build: Build
  readonly staging: Staging
  /** The superuser, while the copy is being made. */
  readonly admin: Credentials
  /** Who a sandbox will be. */
  readonly role: Credentials
}

export interface FilledCopy {
  readonly tables: z.infer<typeof TableCount>[]
  readonly sizeBytes: number
  readonly findings: readonly Finding[]
  readonly leakCheck: LeakCoverage
}

/** Of the source, unless the operator says otherwise; one more holds its snapshot. */
const usualConnections = 2
/**
 * What several streams write to one table is logged, and the log searched for real values as well: on
 * 2 cores that cost more than it gained.
 */
const coresPerPart = 4

/** Fills an empty server with masked rows, and does not return before they have stood every check. */
export async function fillCopy(filling: Filling, signal: AbortSignal): Promise<FilledCopy> {
  const { build, staging, admin, role } = filling
  const { source, kind, phases } = build
  const dial: Dial = (dialSignal) => staging.dial(kind.port, dialSignal)
  await waitForServer({ kind, name: build.configured.name, dial, admin }, signal)
  await using target = await kind.target(dial, admin, signal)
  refuseOlder(build, target)

  await runAll(filling, { phase: 'schema', statements: source.schema.beforeData, target }, signal)
  const problems = await rehearse({ source, target, answers: build.answers }, signal)
  if (problems.length > 0) throw policyUnfit(build.configured.name, problems)
  phases.enter('copy')
  const leaks = new LeakCheck({ registered: build.registered })
  await using threads = openThreads(jobsOf(build, leaks))
  const copying = { ...copyingOf(build), pace: await paceOf(build, signal) }
  const copied = await copyTables({ ...copying, target, leaks, threads }, signal)
  await runAll(filling, { phase: 'index', statements: source.schema.afterData, target }, signal)

  phases.enter('verify')
  await verify(filling, { target, copied }, signal)
  const held = await horizonFindings(source, build.configured.name, signal)
  // Nothing more is asked of production.
  await source[Symbol.asyncDispose]()
  const found = await checkForLeaks(filling, { target, leaks, threads }, signal)
  const sizeBytes = await target.sizeBytes(signal)
  await target.finish(role, signal)
  const findings = [
    ...source.schema.findings,
    ...build.answers.findings,
    ...build.noticed,
    ...held,
    ...found,
  ]
  return { tables: tablesOf(build, copied), sizeBytes, findings, leakCheck: leaks.coverage }
}

const jobsOf = ({ source, answers }: Build, leaks: LeakCheck): TableJob[] =>
  source.tables.map((table) => {
    const columns = answers.columnsOf(table)
    const announced = leaks.announce(table, columns)
    return { request: answers.maskingOf(table), columns, announced }
  })

function copyingOf({ source, answers, configured, clock }: Build) {
  const { connections = usualConnections, maxBytesPerSecond } = configured
  const throttle = new Throttle(maxBytesPerSecond, clock)
  const parts = Math.min(
    connections,
    Math.max(1, Math.floor(availableParallelism() / coresPerPart)),
  )
  return { source, answers, throttle, streams: connections, parts }
}

async function paceOf({ source, clock, onProgress }: Build, signal: AbortSignal): Promise<Pace> {
  const estimatedRows = source.tables.reduce((total, table) => total + table.estimatedRows, 0)
  const horizon = await source.horizon?.(signal)
  const heldSince = horizon && clock() - horizon.seconds * 1000
  return new Pace({ estimatedRows, heldSince, clock, onProgress })
}

/** A newer server’s schema may need what an older one does not know. */
function refuseOlder({ source, configured, image }: Build, { version }: Target): void {
  if (version !== undefined && version < source.version)
    throw imageTooOld(configured.name, image, [source.version, version])
}

interface Script {
  readonly phase: PhaseName
  readonly statements: readonly SchemaStatement[]
  readonly target: Target
}

async function runAll({ build }: Filling, script: Script, signal: AbortSignal): Promise<void> {
  const { statements, target, phase } = script
  build.phases.enter(phase)
  for (const [index, statement] of statements.entries()) {
    build.phases.step(statement.what, index, statements.length)
    await target.run(statement, signal)
  }
}

interface Checked {
  readonly target: Target
  readonly copied: ReadonlyMap<TableShape, CopiedTable>
}

async function verify({ build }: Filling, { target, copied }: Checked, signal: AbortSignal) {
  const problems = [
    ...(await compareRows({ source: build.source, target, copied }, signal)),
    ...(await compareForeignKeys(build.source, target, signal)),
    ...unmaskedColumns(copied),
  ]
  if (problems.length > 0) throw verificationFailed(build.configured.name, problems)
}

async function checkForLeaks(
  { build, staging }: Filling,
  searching: Searching,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { kind, source, answers, configured } = build
  build.phases.enter('leaks')
  await searching.target.writeOut(signal)
  const tables = source.tables.map((table) => ({ table, columns: answers.columnsOf(table) }))
  const { dataDirectory: directory, pristineFiles: pristine } = kind
  const files = { directory, ...(pristine && { pristine }), exec: staging.exec }
  const statements = [...source.schema.beforeData, ...source.schema.afterData]
  const { accept = [] } = configured
  const verdict = await searchCopy({ ...searching, tables, statements, files, accept }, signal)
  if (verdict.secrets.length > 0) throw copyHoldsSecrets(configured.name, verdict)
  if (verdict.leaks.length > 0) throw leaked(configured.name, verdict.leaks)
  return verdict.findings
}

function tablesOf({ answers }: Build, copied: Checked['copied']): FilledCopy['tables'] {
  return [...copied]
    .map(([table, { rows }]) => ({
      table: tableKey(table),
      rows,
      maskedColumns: answers
        .columnsOf(table)
        .filter(({ strategy }) => isMasked(strategy))
        .map(({ shape }) => shape.name),
    }))
    .sort((left, right) => (left.table < right.table ? -1 : 1))
}
