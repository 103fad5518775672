import { Checkpoint, SandboxView } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { workspacePath } from '../agent.ts'
import type { States } from './state-tools.ts'
import { type AddTool, sandboxTool } from './tool.ts'

const Output = SandboxView.pick({
  ...{ id: true, state: true, expiresAt: true, idleAt: true, databases: true, egress: true },
  ...{ credentials: true, files: true, isolation: true },
}).extend({
  workspace: z.string(),
  user: z.string(),
  /** Newest first: what rollback goes back to. */
  checkpoints: z.array(Checkpoint),
})

interface Parts {
  /** What is known of a sandbox. */
  readonly look: (sandbox: string) => SandboxView
  readonly states: Pick<States, 'list'>
}

export const sandboxInfoTool = ({ look, states }: Parts): AddTool =>
  sandboxTool(
    {
      name: 'sandbox_info',
      title: 'About this sandbox',
      description:
        'What is in the sandbox, what is fake, what can be reached from it, which checkpoints it has, and when it ends.',
      input: z.strictObject({}),
      output: Output,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async (_input, { sandbox }) => {
      const view = look(sandbox)
      const checkpoints = states.list(sandbox)
      const structured = { ...view, workspace: workspacePath, user: 'agent', checkpoints }
      return { structured: Output.parse(structured), text: told(view, checkpoints) }
    },
  )

function told(view: SandboxView, checkpoints: readonly Checkpoint[]): string {
  const states = checkpoints.map(({ name, createdAt }) => `  ${name}, of ${createdAt}`)
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
    section('Checkpoints that rollback goes back to, the newest first:', states),
    'Fake: every personal value in databases and files. Real: their shape, their size and how they hang together. Absent: production’s secrets, and the rest of the internet; a request out is refused with "blocked_by_policy" at once, so do not retry it.',
  ].join('\n')
}

const section = (title: string, lines: readonly string[]) =>
  [title, ...(lines.length > 0 ? lines : ['  none'])].join('\n')
