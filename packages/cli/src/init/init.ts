import { basename, join } from 'node:path'
import type { InitFinding, InitResult, OperatorConfig } from '@stuntdouble/sdk/wire'
import { blueprintText } from './blueprint-text.ts'
import { beyondRoom, type PlannedDatabase, planDatabases, variableOf } from './databases.ts'
import { readOperatorFile } from './operator-file.ts'
import { operatorText } from './operator-text.ts'
import { remark } from './remark.ts'
import { type Survey, survey } from './survey.ts'
import { alreadyThere, createFile, isThere, replaceFile } from './write-files.ts'

export interface InitOptions {
  /** Absolute, links resolved. */
  readonly directory: string
  /** The operator’s file that was named; the directory’s own when left out. */
  readonly config?: string | undefined
  readonly dryRun: boolean
  /** Replaces a sandbox.yaml; never an operator’s file. */
  readonly force: boolean
  /** Whether databases become a part of it. */
  readonly data: boolean
}

/** Reads a repository, runs nothing of it, and writes what a sandbox of it is. */
export async function init(options: InitOptions): Promise<InitResult> {
  const { directory, dryRun, force } = options
  const path = join(directory, 'sandbox.yaml')
  if (!dryRun && !force && (await isThere(path))) throw alreadyThere(path)

  const operatorPath = options.config ?? join(directory, 'stuntdouble.yaml')
  const operator = await readOperatorFile(operatorPath)
  const seen = await survey(directory)
  const databases = options.data ? databasesOf(seen, options, operator) : []
  const proposed = databases.filter(({ state }) => state === 'proposed')
  const findings = [...seen.findings, ...(options.data ? withoutRoom(seen) : [])]
  const allowed = operator?.egress.allow ?? []
  const files = [
    { path, text: blueprintText({ ...seen, findings, databases, allowed }) },
    ...(proposed.length > 0 ? [{ path: operatorPath, text: operatorText(proposed) }] : []),
  ]
  if (!dryRun) await writeAll(files, force)
  return {
    ...{ directory, dryRun, found: findings, next: nextSteps(databases) },
    files: files.map((file) => ({ ...file, written: !dryRun })),
    databases: databases.map(({ found, ...database }) => database),
  }
}

type File = Readonly<Record<'path' | 'text', string>>

/** The blueprint last: where it is, all of it is. */
async function writeAll([blueprint, ...others]: readonly File[], force: boolean): Promise<void> {
  for (const { path, text } of others) await createFile(path, text)
  if (blueprint) await (force ? replaceFile : createFile)(blueprint.path, blueprint.text)
}

const withoutRoom = ({ databases }: Survey): InitFinding[] =>
  beyondRoom(databases).map(({ service, path }) => ({
    ...{ kind: 'left_out', path: remark(path) },
    says: `${remark(service)} is one database more than a sandbox has room for; left out`,
  }))

const databasesOf = (
  { databases }: Survey,
  { directory }: InitOptions,
  operator: OperatorConfig | undefined,
) => planDatabases(databases, { project: basename(directory), sources: operator?.sources })

function nextSteps(databases: readonly PlannedDatabase[]): string[] {
  const proposed = databases.filter(({ state }) => state === 'proposed')
  const used = databases.filter(({ state }) => state !== 'missing')
  const withTables = proposed.filter(({ kind }) => kind !== 'redis')
  return [
    ...proposed.map(({ source, kind }) => `export ${variableOf(source)}='${exampleUrls[kind]}'`),
    ...withTables.map(({ source }) => `sandbox data review --source ${source}`),
    ...[...new Set(used.map(({ source }) => source))].map(
      (source) => `sandbox snapshot build --source ${source}`,
    ),
    'sandbox up',
  ]
}

const exampleUrls = {
  postgres: 'postgres://reader:PASSWORD@HOST:5432/DATABASE',
  mariadb: 'mysql://reader:PASSWORD@HOST:3306/DATABASE',
  redis: 'redis://reader:PASSWORD@HOST:6379/0',
} as const
