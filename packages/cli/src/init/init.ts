import { basename, join } from 'node:path'
import type { InitResult, OperatorConfig } from '@stuntdouble/sdk/wire'
import { blueprintText } from './blueprint-text.ts'
import { type PlannedDatabase, planDatabases, variableOf } from './databases.ts'
import { readOperatorFile } from './operator-file.ts'
import { operatorText } from './operator-text.ts'
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
  const path = join(options.directory, 'sandbox.yaml')
  if (!options.dryRun && !options.force && (await isThere(path))) throw alreadyThere(path)

  const operatorPath = options.config ?? join(options.directory, 'stuntdouble.yaml')
  const operator = await readOperatorFile(operatorPath)
  const seen = await survey(options.directory)
  const databases = options.data ? databasesOf(seen, options, operator) : []
  const text = blueprintText({ ...seen, databases, allowed: operator?.egress.allow ?? [] })
  const proposed = databases.filter(({ state }) => state === 'proposed')

  if (!options.dryRun) {
    if (proposed.length > 0) await createFile(operatorPath, operatorText(proposed))
    await (options.force ? replaceFile : createFile)(path, text)
  }
  const written = !options.dryRun
  return {
    directory: options.directory,
    dryRun: options.dryRun,
    files: [
      { path, text, written },
      ...(proposed.length > 0
        ? [{ path: operatorPath, text: operatorText(proposed), written }]
        : []),
    ],
    found: [...seen.findings],
    databases: databases.map(({ found, ...database }) => database),
    next: nextSteps(databases),
  }
}

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
