import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { FakeStart } from './fake-machine.ts'

export const bash = ['bash', '--noprofile', '--norc']

/** A shell line by bash, an argv as it is; paths are those of the directory that stands for the sandbox. */
export function spawnIn(root: string, { command, cwd, env }: FakeStart) {
  const [file = 'bash', ...args] = typeof command === 'string' ? [...bash, '-c', command] : command
  return spawn(file, args, { cwd: join(root, cwd), env: { PATH: '/usr/bin:/bin', ...env } })
}
