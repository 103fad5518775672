import { text } from 'node:stream/consumers'
import type { CommandScript } from './script.ts'

/** The lines of the contract, which a shell runs as they are. */
export const lines = {
  failing: 'echo out; echo err >&2; exit 3',
  where: 'pwd; echo "$GREETING"',
  echoing: 'cat; exit 4',
  endless: 'echo begun; sleep 600',
} as const

/** What a shell answers to them. */
export const contractScript: CommandScript = {
  [lines.failing]: { stdout: 'out\n', stderr: 'err\n', exitCode: 3 },
  [lines.where]: ({ cwd, env }) => `${cwd}\n${env.GREETING ?? ''}\n`,
  [lines.echoing]: async ({ stdin }) => ({ stdout: await text(stdin), exitCode: 4 }),
  [lines.endless]: ({ say }) => {
    say('begun\n')
    return new Promise(() => {})
  },
  'printf %s a  b': 'a  b',
}
