import { spawn } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import type { FakeProgram } from '../../../engine/fake/fake-process.ts'

/** Runs what a sandbox would on this machine: for scripts of ours whose own work is what is tested. */
export const localShell: FakeProgram = async ({ command, stdin, stdout, stderr, signal }) => {
  const [file = '', ...args] = command
  // Without the profile of whoever runs the test.
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent' }
  const child = spawn(file, args, { env, cwd: '/', signal, killSignal: 'SIGKILL' })
  child.on('error', () => {})
  const exited = new Promise<number>((resolve) =>
    child.once('close', (code) => resolve(code ?? 137)),
  )
  await Promise.allSettled([
    pipeline(stdin, child.stdin),
    pipeline(child.stdout, stdout),
    pipeline(child.stderr, stderr),
  ])
  return await exited
}
