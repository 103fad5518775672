import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'

export interface GitRequest {
  readonly cwd: string
  readonly args: readonly string[]
  /** Beside the caller’s own. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?:
    | { readonly file: string }
    | { readonly text: string }
    | { readonly bytes: Buffer }
}

export interface GitResult {
  readonly ok: boolean
  readonly stdout: Buffer
  readonly stderr: string
}

/** Nothing of it may start a program: what it works on came from a stranger. */
const harmless = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'],
  ...['-c', 'gc.auto=0', '-c', 'maintenance.auto=false', '-c', 'core.quotePath=true'],
]

/** Runs git in a repository of the user’s. */
export async function git({ cwd, args, env = {}, input }: GitRequest): Promise<GitResult> {
  const child = spawn('git', [...harmless, ...args], {
    cwd,
    // biome-ignore lint/style/noProcessEnv: git finds its programs and the user’s configuration there
    env: { ...process.env, ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
  })
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve).once('error', (cause) => reject(noGit(cause)))
  })
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
  await started
  const feeding = feed(child.stdin, input)
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr), feeding])
  return { ok: (await exit) === 0, stdout, stderr }
}

/** The text it prints, without the end of line. Throws what `otherwise` makes of a failure. */
export async function gitText(
  request: GitRequest,
  otherwise: (result: GitResult) => Error = unexpected,
): Promise<string> {
  const result = await git(request)
  if (!result.ok) throw otherwise(result)
  return result.stdout.toString('utf8').replace(/\n$/, '')
}

async function feed(stdin: NodeJS.WritableStream, input: GitRequest['input']): Promise<void> {
  // It may end before it has read everything; how it ended is what counts.
  if (input && 'file' in input) await pipeline(createReadStream(input.file), stdin).catch(() => {})
  else {
    stdin.on('error', () => {})
    stdin.end(input && 'bytes' in input ? input.bytes : (input?.text ?? ''))
  }
}

const unexpected = ({ stderr }: GitResult) =>
  new SandboxError('conflict', `git refused: ${stderr.trim().split('\n').at(-1) ?? ''}`, {
    hint: 'Nothing was changed. `sandbox pull ID --patch FILE` writes a patch that you can apply yourself.',
  })

const noGit = (cause: unknown) =>
  new SandboxError('usage', 'There is no git here.', {
    hint: 'Install git, or take the patch with `sandbox diff ID > work.patch`.',
    cause,
  })
