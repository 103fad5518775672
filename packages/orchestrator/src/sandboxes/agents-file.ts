import { agent, workspaceContainer, workspacePath } from '../doors/doors.ts'
import type { Engine } from '../engine/engine.ts'
import { agentsFile, withSection } from '../workspaces/workspaces.ts'
import { agentsSection } from './agents-section.ts'
import type { Sandbox } from './sandbox.ts'

const withinMs = 10_000
const limitBytes = 1024 ** 2

/** Read whole or not at all. A link stays what it is: what it leads to is another file’s to say. */
const readScript = `if [ -L ${agentsFile} ] || { [ -e ${agentsFile} ] && [ ! -f ${agentsFile} ]; }; then exit 1; fi
[ ! -e ${agentsFile} ] || head -c ${limitBytes + 1} ${agentsFile}`
const writeScript = `cat > ${agentsFile}`

/**
 * Has the workspace’s AGENTS.md say what is here, in a section of its own. An image without a shell, a
 * link or a very large file in its place leave the workspace as it is.
 */
export async function writeAgentsFile(
  engine: Pick<Engine, 'exec'>,
  sandbox: Sandbox,
  asked: AbortSignal,
): Promise<void> {
  if (!sandbox.blueprint.agentsMd) return
  const signal = AbortSignal.any([asked, AbortSignal.timeout(withinMs)])
  const run = (script: string, input?: string) =>
    said(engine, { sandbox: sandbox.id, script, input }, signal)
  const before = await run(readScript)
  if (before !== undefined) await run(writeScript, withSection(before, agentsSection(sandbox)))
}

interface Script {
  readonly sandbox: string
  readonly script: string
  readonly input: string | undefined
}

/** Its output; undefined where it failed or what it said is no text. */
async function said(
  engine: Pick<Engine, 'exec'>,
  { sandbox, script, input }: Script,
  signal: AbortSignal,
): Promise<string | undefined> {
  const process = await engine.exec(
    sandbox,
    workspaceContainer,
    {
      ...{ command: ['sh', '-c', script], env: {}, workingDirectory: workspacePath, user: agent },
      ...(input === undefined && { stdin: 'none' }),
    },
    signal,
  )
  signal.addEventListener('abort', () => void process.kill().catch(() => {}), { once: true })
  process.stdin.on('error', () => {})
  if (input !== undefined) process.stdin.end(input)
  process.stderr.resume()
  const chunks: Buffer[] = []
  for await (const chunk of process.stdout) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const text = bytes.toString('utf8')
  const isText = bytes.length <= limitBytes && Buffer.from(text).equals(bytes)
  return (await process.exit) === 0 && isText ? text : undefined
}
