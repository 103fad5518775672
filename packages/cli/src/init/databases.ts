import type { InitDatabase, OperatorConfig, ServerKind } from '@stuntdouble/sdk/wire'
import type { FoundDatabase } from './found.ts'
import { nameFrom, unlike } from './names.ts'

/** One database of a compose file, and the source that stands for it. */
export interface PlannedDatabase extends InitDatabase {
  readonly found: FoundDatabase
}

interface Around {
  /** The repository’s directory by name. */
  readonly project: string
  /** What a stuntdouble.yaml that is there configures; undefined where one may be proposed. */
  readonly sources: OperatorConfig['sources'] | undefined
}

/** As many as a blueprint may have. */
const mostDatabases = 8

/** Names of containers that are the sandbox’s own. */
const reserved = ['workspace', 'gate', 'localhost']

/** Of one service in several files, the first counts. */
const distinct = (found: readonly FoundDatabase[]): readonly FoundDatabase[] =>
  [...Map.groupBy(found, ({ service }) => service).values()].flatMap(([first]) => first ?? [])

/** What no sandbox has room for. */
export const beyondRoom = (found: readonly FoundDatabase[]) => distinct(found).slice(mostDatabases)

/** Gives each a name and a source that no other has. */
export function planDatabases(
  found: readonly FoundDatabase[],
  around: Around,
): readonly PlannedDatabase[] {
  const first = distinct(found).slice(0, mostDatabases)
  const names = new Set(reserved)
  const sources = new Set<string>()
  return first.map((database) => {
    const name = unlike(names, nameFrom(database.service, database.kind))
    names.add(name)
    const isOnly = first.filter(({ kind }) => kind === database.kind).length === 1
    const known = sourceAmong(around.sources ?? {}, { name, kind: database.kind, isOnly })
    const source = known ?? sourceName(name, around.project, sources)
    sources.add(source)
    const otherwise = around.sources ? 'missing' : 'proposed'
    const state = known ? 'configured' : otherwise
    return { name, kind: database.kind, source, state, found: database }
  })
}

interface Wanted {
  readonly name: string
  readonly kind: ServerKind
  /** No other database of the repository is of its kind. */
  readonly isOnly: boolean
}

/** One of the kind that has its name, or the only one of the kind for the only one. */
function sourceAmong(
  sources: OperatorConfig['sources'],
  { name, kind, isOnly }: Wanted,
): string | undefined {
  const ofKind = Object.keys(sources).filter((source) => sources[source]?.kind === kind)
  if (ofKind.includes(name)) return name
  return isOnly && ofKind.length === 1 ? ofKind[0] : undefined
}

const general =
  /^(?:db|database|sql|pg|postgres|postgresql|mysql|mariadb|redis|valkey|cache|main|primary)$/

/** What everybody calls a database says nothing about production; the project’s name does. */
function sourceName(name: string, project: string, taken: ReadonlySet<string>): string {
  const first = general.test(name) ? nameFrom(project, name) : name
  return taken.has(first) ? unlike(taken, nameFrom(`${project}-${name}`, name)) : first
}

/** The variable that holds its URL, for whoever starts the orchestrator to set. */
export const variableOf = (source: string) =>
  `${source.toUpperCase().replaceAll('-', '_')}_READER_URL`

/** One masking policy for each source that has tables. */
export function policyOf({ source }: PlannedDatabase, all: readonly PlannedDatabase[]): string {
  return all.filter(({ kind }) => kind !== 'redis').length > 1
    ? `./masking-${source}.yaml`
    : './masking.yaml'
}
