import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

/**
 * git on a repository that we made: nobody’s configuration, hooks, attributes, replacements or remotes
 * are looked at.
 */
const environment = (directory: string) => ({
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  HOME: directory,
  LC_ALL: 'C',
  GIT_DIR: directory,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
})

export interface GitRun extends AsyncDisposable {
  readonly output: Readable
  /** Throws unless git ended well. */
  done(): Promise<void>
}

export interface GitInput {
  readonly text?: string
  /** An open file. */
  readonly file?: number
}

/** Disposal ends it. Its complaints, which may quote what it read, are dropped. */
export function runGit(
  directory: string,
  args: readonly string[],
  { text, file }: GitInput = {},
): GitRun {
  const child = spawn('git', args, {
    cwd: directory,
    env: environment(directory),
    stdio: [file ?? (text === undefined ? 'ignore' : 'pipe'), 'pipe', 'ignore'],
  })
  const ended = once(child, 'close') as Promise<[code: number | null]>
  ended.catch(() => {})
  // One that ends early has read enough.
  child.stdin?.on('error', () => {}).end(text)
  return {
    output: child.stdout as Readable,
    async done() {
      const [code] = await ended
      if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended.catch(() => {})
    },
  }
}
