import { SandboxView } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { workspacePath } from '../agent.ts'
import { type AddTool, sandboxTool } from './tool.ts'

const Output = SandboxView.pick({
  ...{ id: true, state: true, expiresAt: true, idleAt: true, databases: true, egress: true },
  ...{ credentials: true, files: true, isolation: true },
}).extend({ workspace: z.string(), user: z.string() })

/** `look` says what is known of a sandbox. */
export const sandboxInfoTool = (look: (sandbox: string) => SandboxView): AddTool =>
  sandboxTool(
    {
      name: 'sandbox_info',
      title: 'About this sandbox',
      description:
        'What is in the sandbox, what is fake, what can be reached from it, and when it ends.',
      input: z.strictObject({}),
      output: Output,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async (_input, { sandbox }) => {
      const view = look(sandbox)
      const structured = { ...view, workspace: workspacePath, user: 'agent' }
      return { structured: Output.parse(structured), text: told(view) }
    },
  )

function told(view: SandboxView): string {
  const databases = Object.entries(view.databases).map(([name, { url }]) => `  ${name}: ${url}`)
  const files = Object.entries(view.files).map(([name, { path }]) => `  ${name}: ${path}`)
  const outside = view.egress.map(({ scheme, host, ports }) => `  ${scheme}://${host}:${ports}`)
  const credentials = Object.values(view.credentials).map(
    ({ variable, host, place }) => `  $${variable}: as "${place}", to ${host} alone`,
  )
  return [
    `Sandbox ${view.id}. It ends at ${view.expiresAt}, or at ${view.idleAt} if nobody uses it; everything in it is deleted then.`,
    `Commands run as user "agent" in ${workspacePath}, without root.`,
    section(
      'Databases, as reached from inside ($DATABASE_URL is the first with tables):',
      databases,
    ),
    section('Files, copied from production, yours to change:', files),
    section('Reachable outside, through the proxy that the environment names:', outside),
    section(
      'Credentials, as placeholders that the proxy fills in; sent elsewhere they raise an alarm:',
      credentials,
    ),
    'Fake: every personal value in databases and files. Real: their shape, their size and how they hang together. Absent: production’s secrets, and the rest of the internet; a request out is refused with "blocked_by_policy" at once, so do not retry it.',
  ].join('\n')
}

const section = (title: string, lines: readonly string[]) =>
  [title, ...(lines.length > 0 ? lines : ['  none'])].join('\n')
