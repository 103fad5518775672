import type { SandboxView, Welcome } from '@stuntdouble/sdk/wire'
import { workspacePath } from '../doors/doors.ts'
import { linksBelow } from './links.ts'

/** What a hand-over URL says of itself. `base` is the URL as it was opened. */
export function welcome(view: SandboxView, base: string): Welcome {
  return {
    id: view.id,
    state: view.state,
    expiresAt: view.expiresAt,
    idleAt: view.idleAt,
    ...(view.secondsLeft !== undefined && { secondsLeft: view.secondsLeft }),
    message:
      'A stunt double of production: real shape, masked data, no production secret, no way out but what stands under `egress`. Break what you like.',
    workspace: { path: workspacePath, user: 'agent' },
    databases: view.databases,
    egress: view.egress,
    credentials: view.credentials,
    files: view.files,
    services: view.services ?? {},
    links: linksBelow(base),
  }
}

/** Plain instructions, for an agent that opens the URL. */
export function instructions(welcome: Welcome): string {
  const databases = Object.entries(welcome.databases).map(([name, { url }]) => `  ${name}: ${url}`)
  const files = Object.entries(welcome.files).map(([name, { path }]) => `  ${name}: ${path}\n`)
  const services = Object.entries(welcome.services).map(
    ([name, { image, ports }]) => `  ${[name, ...ports].join(':')} (${image})\n`,
  )
  return `${welcome.message}

Sandbox ${welcome.id}, ${welcome.state}. It ends at ${welcome.expiresAt}, or at ${welcome.idleAt} if nobody uses it${left(welcome)}.

Run a command (as user "agent", in ${welcome.workspace.path}):
  curl -sS ${welcome.links.exec?.href} -H 'content-type: application/json' -d '{"command":"ls -la"}'
Start one in the background, read what it says (with its "next" for more), end it:
  curl -sS ${welcome.links.processes?.href} -d '{"command":"npm run dev"}'
  curl -sS '${welcome.links.processes?.href}/ID/output?waitMs=10000'
  curl -sS -X DELETE ${welcome.links.processes?.href}/ID
Read, write, list and delete files by absolute path:
  curl -sS ${welcome.links.files?.href}
  curl -sS -T notes.txt ${welcome.links.files?.href}/notes.txt
See a server that you started on 127.0.0.1 or 0.0.0.0, and hand its link to a person:
  curl -sS ${welcome.links.ports?.href}/3000/
  curl -sS ${welcome.links.ports?.href}
Query a database:
  curl -sS ${welcome.links.exec?.href} -d '{"command":"psql -c \\"SELECT 1\\""}'
Or add it as an MCP server, by streamable HTTP:
  ${welcome.links.mcp?.href}
Before you try something risky, keep the state of databases, files and workspace; go back to it after:
  curl -sS -X POST ${welcome.links.checkpoints?.href} -d '{"name":"before"}'
  curl -sS -X POST ${welcome.links.rollback?.href} -d '{"to":"before"}'
Databases, reachable from inside (DATABASE_URL is the first with tables):
${databases.length > 0 ? databases.join('\n') : '  none'}
${services.length > 0 ? `Services, running inside:\n${services.join('')}` : ''}${files.length > 0 ? `Files, copied from production, yours to change:\n${files.join('')}` : ''}
Reachable outside, through the proxy that the environment names:
${outside(welcome)}
${credentials(welcome)}
What is fake: every personal value in the data. What is absent: the rest of the internet; a request
out is answered "blocked_by_policy" at once, so do not retry it. Everything is deleted at the end.
`
}

const left = ({ secondsLeft }: Welcome) =>
  secondsLeft === undefined ? '' : `: ${secondsLeft} seconds from now`

/** A placeholder that is sent on is an alarm, so an agent must know what it holds. */
function credentials({ credentials }: Welcome): string {
  const lines = Object.values(credentials).map(
    ({ variable, host, port, methods, paths, place }) =>
      `  $${variable}: as "${place}", to https://${host}:${port} ${[...methods, ...paths].join(' ')}\n`,
  )
  if (lines.length === 0) return ''
  return `Credentials, as placeholders: the real one is put in on the way, there and nowhere else. Sent anywhere
else, a placeholder raises an alarm:
${lines.join('')}`
}

const outside = ({ egress }: Welcome) =>
  egress.length === 0
    ? '  nothing'
    : egress
        .map(({ scheme, host, ports, methods, paths }) =>
          `  ${scheme}://${host}:${ports.join(',')} ${[...(methods ?? []), ...(paths ?? [])].join(' ')}`.trimEnd(),
        )
        .join('\n')
