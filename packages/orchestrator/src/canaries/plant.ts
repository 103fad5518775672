import { SandboxError } from '@stuntdouble/sdk/errors'
import { agent, workspaceContainer } from '../doors/doors.ts'
import type { Engine } from '../engine/engine.ts'
import type { Planted } from './derive.ts'

/** Path and content in turn. */
const script = `
set -e
umask 077
while [ "$#" -gt 0 ]; do
  mkdir -p "$(dirname "$1")"
  printf %s "$2" >"$1"
  shift 2
done`

export async function plant(
  engine: Pick<Engine, 'exec'>,
  { sandbox, files }: Pick<Planted, 'files'> & { readonly sandbox: string },
  signal: AbortSignal,
): Promise<void> {
  const command = ['/bin/sh', '-c', script, 'sh', ...Object.entries(files).flat()]
  const process = await engine.exec(
    sandbox,
    workspaceContainer,
    { command, env: {}, workingDirectory: '/', user: agent, stdin: 'none' },
    signal,
  )
  process.stdout.resume()
  process.stderr.resume()
  if ((await process.exit) !== 0) throw notPlanted(sandbox)
}

const notPlanted = (sandbox: string) =>
  new SandboxError('engine_failed', `Sandbox "${sandbox}" could not be given its canaries.`, {
    hint: 'The workspace image needs a shell with mkdir and dirname; ours has them.',
  })
