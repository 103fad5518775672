import type { Commands } from '../commands.ts'
import { fileNotFound, fileRefused } from '../errors.ts'

export interface Script {
  readonly sandbox: string
  readonly script: string
  /** `$1`, `$2`, … */
  readonly args: readonly string[]
  /** What it is about, for messages. */
  readonly path: string
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 20_000

/** What a script of ours says inside, as the agent. Exit 3: its path is not there; other failures are told. */
export async function runScript(commands: Commands, request: Script): Promise<string> {
  const { sandbox, script, args, path, signal, timeoutMs = defaultTimeoutMs } = request
  const done = Promise.withResolvers<void>()
  const command = ['/bin/sh', '-c', script, 'sh', ...args]
  try {
    const answer = { signal, closed: done.promise }
    const wanted = { command, cwd: '/', env: {}, timeoutMs }
    const { stdout, stderr, exitCode } = await commands.run(sandbox, wanted, answer)
    if (exitCode === 3) throw fileNotFound(path)
    if (exitCode !== 0) throw fileRefused(path, lastWords(stderr))
    return stdout
  } finally {
    done.resolve()
  }
}

const lastWords = (complaint: string) =>
  complaint.trim().split('\n').at(-1)?.slice(-300) || 'it fails inside without a word'
