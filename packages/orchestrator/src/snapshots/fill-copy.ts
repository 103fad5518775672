import type { Finding, LeakCoverage, TableCount } from '@stuntdouble/sdk/wire'
import type { z } from 'zod'
import { isMasked, type TableShape, tableKey } from '../masking/masking.ts'
import type { Credentials, Dial, SchemaStatement, Target } from '../sources/sources.ts'
import type { Build } from './build.ts'
import { type CopiedTable, copyTables } from './copy-tables.ts'
import {
  imageTooOld,
  leaked,
  policyUnfit,
  serverDidNotStart,
  verificationFailed,
} from './errors.ts'
import { LeakCheck, searchCopy } from './leak-check/leak-check.ts'
import { Pace } from './pace.ts'
import type { PhaseName } from './phases.ts'
import { rehearse } from './rehearsal.ts'
import type { Staging } from './staging.ts'
import { compareForeignKeys, compareRows, unmaskedColumns } from './verify.ts'

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

/** Values whose fingerprints are held at most: some 100 MB. */
const leakCapacity = 4_000_000
const startTimeoutMs = 120_000

/** Fills an empty server with masked rows, and does not return before they have stood every check. */
export async function fillCopy(filling: Filling, signal: AbortSignal): Promise<FilledCopy> {
  const { build, staging, admin, role } = filling
  const { source, kind, phases } = build
  const dial: Dial = (dialSignal) => staging.dial(kind.port, dialSignal)
  await ready(filling, dial, signal)
  await using target = await kind.target(dial, admin, signal)
  refuseOlder(build, target)

  await runAll(filling, { phase: 'schema', statements: source.schema.beforeData, target }, signal)
  const problems = await rehearse({ source, target, answers: build.answers }, signal)
  if (problems.length > 0) throw policyUnfit(build.configured.name, problems)
  phases.enter('copy')
  const leaks = new LeakCheck({ capacity: leakCapacity })
  const copied = await copyTables({ ...build, target, leaks, pace: paceOf(build) }, signal)
  await runAll(filling, { phase: 'index', statements: source.schema.afterData, target }, signal)

  phases.enter('verify')
  await verify(filling, { target, copied }, signal)
  const found = await checkForLeaks(filling, { target, leaks }, signal)
  const sizeBytes = await target.sizeBytes(signal)
  await target.finish(role, signal)
  const findings = [
    ...source.schema.findings,
    ...build.answers.findings,
    ...build.noticed,
    ...found,
  ]
  return { tables: tablesOf(build, copied), sizeBytes, findings, leakCheck: leaks.coverage }
}

async function ready({ build, admin }: Filling, dial: Dial, signal: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(startTimeoutMs)
  try {
    await build.kind.ready(dial, admin, AbortSignal.any([signal, timeout]))
  } catch (cause) {
    signal.throwIfAborted()
    if (!timeout.aborted) throw cause
    throw serverDidNotStart(build.configured.name)
  }
}

function paceOf({ source, clock, onProgress }: Build): Pace {
  const estimated = source.tables.reduce((total, table) => total + table.estimatedRows, 0)
  return new Pace(estimated, clock, onProgress)
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
  { target, leaks }: { readonly target: Target; readonly leaks: LeakCheck },
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { kind, source, answers, configured } = build
  build.phases.enter('leaks')
  await target.writeOut(signal)
  const tables = source.tables.map((table) => ({ table, columns: answers.columnsOf(table) }))
  const files = { directory: kind.dataDirectory, pristine: kind.pristineFiles, exec: staging.exec }
  const statements = [...source.schema.beforeData, ...source.schema.afterData]
  const { accept = [] } = configured
  const searched = { target, tables, statements, files, leaks, accept }
  const verdict = await searchCopy(searched, signal)
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
