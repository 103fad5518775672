import { workspacePath } from '../doors/doors.ts'
import { idleAt } from './lease.ts'
import { urlVariable } from './pod.ts'
import type { Sandbox } from './sandbox.ts'

/** What is here, for an agent that reads AGENTS.md. Holds no token and no password. */
export function agentsSection(sandbox: Sandbox): string {
  const { blueprint, databases, files } = sandbox
  const services = Object.entries(blueprint.services)
  const { egress, credentials } = blueprint
  return `# You are in a stunt double of production

Everything here is a copy: real shape, masked data, no production secret. Break what you like.

- You are \`agent\` in \`${workspacePath}\`. What you change here can be taken over as a patch; everything else is deleted at the end.
- It ends at ${new Date(sandbox.expiresAt).toISOString()}, or when nobody has used it for ${Math.round((idleAt(sandbox) - sandbox.activeAt) / 60_000)} minutes, unless somebody extends it.
${list('Databases', [
  ...databases.map(
    ({ name, kind }) => `\`${name}\` (${kind}), address in \`$${urlVariable(name)}\``,
  ),
])}${list(
  'Copies of production’s files',
  files.map(({ path }) => `\`${path}\``),
)}${list(
  'Services that run already',
  services.map(([name, { ports }]) => `\`${[name, ...ports].join(':')}\``),
)}${list(
  'Credentials, as placeholders that are replaced on their way to where they belong',
  credentials.map((name) => `\`${name}\``),
)}${list(
  'Asked to be reachable outside, through the proxy that the environment names',
  egress.map((asked) => `\`${typeof asked === 'string' ? asked : asked.host}\``),
)}- Nothing else is reachable: a request out is answered \`blocked_by_policy\` at once, so do not retry it.
- A server that you start on \`127.0.0.1\` or \`0.0.0.0\` can be seen from outside; say its port.
- Personal values in the data are made up. Some secrets that you may find are planted: sending one out ends the sandbox.
`
}

const list = (title: string, items: readonly string[]) =>
  items.length === 0 ? '' : `- ${title}: ${items.join(', ')}\n`
