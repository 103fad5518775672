import type { DiskView, SandboxEvent, SandboxView } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { humanBytes } from '../output/amounts.ts'
import { credentialLines } from '../output/credentials.ts'
import { grants } from '../output/grants.ts'
import { printable } from '../output/printable.ts'
import { table } from '../output/table.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addInspect: AddVerb = (parent, act) =>
  parent
    .command('inspect')
    .description('what a sandbox is, what it may reach outside, and what it tried')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .action(act(inspect))

/** What was asked for outside, and how often. */
interface Attempt {
  readonly allowed: boolean
  readonly method: string
  readonly target: string
  readonly why: string
  readonly count: number
}

async function inspect({ control: open, operands: [id = ''], print }: Call) {
  const control = await open()
  const found = await findSandbox(control, id)
  const [sandbox, events] = await Promise.all([control.sandbox(found), control.events(found)])
  const attempts = attemptsIn(events)
  const limits = limitsIn(events)
  const alarms = events.filter(({ type }) => type === 'alarm')
  const told = describe(sandbox, attempts, limits) + alarmed(alarms)
  print({ ...sandbox, attempts, limits, alarms }, told)
}

function attemptsIn(events: readonly SandboxEvent[]): Attempt[] {
  const decisions = events.filter(({ type }) => /^egress_(allowed|denied)$/.test(type))
  const same = Map.groupBy(decisions, ({ type, data }) =>
    JSON.stringify([type, data.method, data.target, data.reason, data.credentials]),
  )
  return [...same.values()].flatMap((all) => all.slice(0, 1).map((one) => attempt(one, all.length)))
}

function attempt({ type, data }: SandboxEvent, count: number): Attempt {
  const [method, target] = [text(data.method), text(data.target)]
  const put = Array.isArray(data.credentials) ? ' (put in)' : ''
  const why = text(data.rule) ? text(data.rule) + put : text(data.reason)
  return { allowed: type === 'egress_allowed', method, target, why, count }
}

/** The names of those it ran into, each once. */
function limitsIn(events: readonly SandboxEvent[]): readonly string[] {
  const reached = events.filter(({ type }) => type === 'limit_reached')
  return [...new Set(reached.map(({ data }) => printable(String(data.limit))))]
}

function endOf({ expiresAt, idleAt, endedAt, endReason }: SandboxView): string {
  if (endedAt !== null) return `at ${endedAt} (${endReason})`
  if (endReason !== null) return `about to end (${endReason})`
  return idleAt < expiresAt
    ? `ends at ${expiresAt}, or at ${idleAt} if nobody uses it`
    : `ends at ${expiresAt}`
}

function diskText({ guard, limitBytes, usedBytes }: DiskView): string {
  const used = usedBytes === null ? 'not measured yet' : humanBytes(usedBytes)
  return `${used}, ${humanBytes(limitBytes)} at most (${guard})`
}

function describe(
  sandbox: SandboxView,
  attempts: readonly Attempt[],
  limits: readonly string[],
): string {
  const { id, state, image, isolation, databases, egress, credentials, problem, disk } = sandbox
  const sources = Object.entries(databases).map(([name, { source }]) => `${name}=${source}`)
  const may = [...grants(egress), ...credentialLines(credentials)].map((line) => `  ${line}\n`)
  const blocked = attempts.filter(({ allowed }) => !allowed)
  return [
    `${id}, ${state}, ${endOf(sandbox)}\nimage: ${printable(image)}, isolation: ${isolation}\n`,
    `data: ${sources.join(', ') || 'none'}\n`,
    disk ? `disk: ${diskText(disk)}\n` : '',
    problem ? `problem: ${printable(problem.title)}\n` : '',
    limits.length > 0 ? `limits reached: ${limits.join(', ')}\n` : '',
    `\nMay reach outside:\n${may.join('') || '  nothing\n'}`,
    `\nBlocked attempts: ${blocked.length === 0 ? 'none\n' : `\n${listed(blocked)}`}`,
    attempts.length > blocked.length
      ? `\nLet out:\n${listed(attempts.filter(({ allowed }) => allowed))}`
      : '',
  ].join('')
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** What the operator is to look at first stands last, where a terminal leaves the eye. */
function alarmed(alarms: readonly SandboxEvent[]): string {
  if (alarms.length === 0) return ''
  const rows = alarms.map(({ at, data }) => [
    at,
    `${alarmNames[text(data.alarm)] ?? text(data.alarm)} ${text(data.where)}`,
    text(data.credential) || '-',
    `${text(data.method)} ${text(data.target)}${text(data.path)}`,
  ])
  return `\nALARMS: ${alarms.length}\n${table(['AT', 'WHAT', 'CREDENTIAL', 'REQUEST'], rows)}`
}

const alarmNames: Readonly<Record<string, string>> = {
  placeholder: 'a placeholder',
  canary: 'a canary:',
  echo: 'a real value',
  unavailable: 'no value:',
}

const listed = (attempts: readonly Attempt[]) =>
  table(
    ['TIMES', 'METHOD', 'WHERE', 'WHY'],
    attempts.map(({ count, method, target, why }) => [String(count), method || '-', target, why]),
  )
