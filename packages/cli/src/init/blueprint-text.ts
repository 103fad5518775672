import type { InitFinding, OperatorConfig } from '@stuntdouble/sdk/wire'
import type { PlannedDatabase } from './databases.ts'
import type { Tool } from './found.ts'
import { remark } from './remark.ts'
import { comment, file, scalar } from './yaml-text.ts'

export interface BlueprintFacts {
  readonly findings: readonly InitFinding[]
  readonly databases: readonly PlannedDatabase[]
  readonly tools: readonly Tool[]
  readonly ports: readonly number[]
  /** What any sandbox may reach, as far as the operator says. */
  readonly allowed: OperatorConfig['egress']['allow']
}

/** A sandbox.yaml. Only what a sandbox is given here and now is no comment. */
export const blueprintText = (facts: BlueprintFacts) =>
  file(
    comment([
      'Written by `sandbox init` from what this repository says of itself; nothing of it was run.',
      'It is yours to change: `sandbox up` names file, line and key of what it does not understand.',
    ]),
    found(facts.findings),
    [
      'ttl: 45m    # the hard end, counted from creation',
      'idle: 15m   # the end after this long without use',
    ],
    data(facts.databases),
    workspace(facts),
    egress(facts),
    ['limits: { cpus: 1, memory: 1g, pids: 256, disk: 8g }'],
  )

const mostFindings = 40

function found(findings: readonly InitFinding[]): string[] {
  if (findings.length === 0)
    return comment(['Nothing was found that says what this project needs.'])
  const shown = findings.slice(0, mostFindings).map(({ path, says }) => `  ${path}: ${says}`)
  const more = findings.length - shown.length
  return comment(['Found:', ...shown, ...(more > 0 ? [`  and ${more} more`] : [])])
}

function data(databases: readonly PlannedDatabase[]): string[] {
  if (databases.length === 0) return []
  const isNamed = ({ state }: PlannedDatabase) => state !== 'missing'
  const named = databases.filter(isNamed)
  const missing = databases.filter((database) => !isNamed(database))
  return [
    ...(named.length > 0 ? withData(named) : []),
    ...(missing.length > 0 ? comment(withoutSource(missing, named.length > 0)) : []),
  ]
}

const entry = ({ name, source, found }: PlannedDatabase) =>
  `  ${scalar(name)}: { source: ${scalar(source)} }   # for ${remark(found.service)} of ${remark(found.path)}`

const withData = (databases: readonly PlannedDatabase[]) => [
  ...comment([
    'Masked copies in place of the databases of development, by the same names. A copy is made by',
    '`sandbox snapshot build`, before the first `sandbox up`.',
  ]),
  'data:',
  ...databases.map(entry),
]

const withoutSource = (databases: readonly PlannedDatabase[], isOpen: boolean) => [
  'stuntdouble.yaml has no source for these; name one there, and take the comment signs away:',
  ...(isOpen ? [] : ['data:']),
  ...databases.map(entry),
]

const lacking: Partial<Record<Tool, string>> = { go: 'Go', ruby: 'Ruby' }

function workspace({ tools, ports }: BlueprintFacts): string[] {
  const absent = tools.flatMap((tool) => lacking[tool] ?? [])
  const [port] = ports
  return [
    ...comment([
      'These files as git sees them, without .env files, keys and history.',
      'The standard image has Node and npm, Python 3 with pip, git, make, psql and redis-cli.',
      ...absent.map(
        (what) =>
          `It has no ${what}: name an image of yours that has, \`workspace: { from: ., image: … }\`.`,
      ),
      ...(port === undefined
        ? []
        : [
            `What listens inside, on ${ports.slice(0, 8).join(', ')}: \`sandbox url ID --port ${port}\`.`,
          ]),
    ]),
    'workspace: { from: . }',
  ]
}

const registries: Readonly<Record<Tool, string>> = {
  node: 'npm',
  python: 'pypi',
  go: 'go',
  ruby: '{ host: rubygems.org }',
}

function egress({ tools, allowed }: BlueprintFacts): string[] {
  if (tools.length === 0) return []
  const isAllowed = (tool: Tool) => allowed.some((rule) => rule === registries[tool])
  const open = tools.filter(isAllowed).map((tool) => registries[tool])
  const closed = tools.filter((tool) => !isAllowed(tool)).map((tool) => registries[tool])
  return [
    ...(closed.length === 0
      ? []
      : comment([
          'Nothing leaves a sandbox unless this file asks and stuntdouble.yaml allows. To install packages',
          `inside, write \`egress: { allow: [${closed.join(', ')}] }\` there, and here:`,
          `egress: [${[...open, ...closed].join(', ')}]`,
        ])),
    ...(open.length === 0 ? [] : [`egress: [${open.join(', ')}]`]),
  ]
}
