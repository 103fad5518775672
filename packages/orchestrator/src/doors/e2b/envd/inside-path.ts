import { posix } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { workspacePath } from '../../agent.ts'

const mostCharacters = 4096

/** The absolute path inside that a client means: relative ones, and `~`, begin at the workspace. */
export function insidePath(path: string): string {
  if (path.includes('\0') || path.length > mostCharacters) throw notAPath()
  const below = path === '~' || path.startsWith('~/') ? `.${path.slice(1)}` : path
  const whole = posix.resolve(workspacePath, below)
  return whole
}

const notAPath = () =>
  new SandboxError('usage', `A path holds no NUL and ${mostCharacters} characters at most.`, {
    hint: 'Shorten it, or leave out what follows the NUL.',
  })
