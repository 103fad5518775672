import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import type { SecretSource } from '@stuntdouble/sdk/wire'
import { Secret } from '../lib/secret.ts'
import { fillIn, type Scope } from './placeholders.ts'

/** A secret of production that must never enter a sandbox. */
export interface LoadedSecret {
  readonly name: string
  readonly value: Secret
}

type Complain = (key: readonly string[], message: string) => void

/** What is shorter stands in files by chance. */
const shortest = 8
const commandMs = 30_000
const mostBytes = 65_536

/** Gets every registered secret from where it is; one that cannot be had is complained about at its key. */
export function resolveSecrets(
  secrets: Readonly<Record<string, SecretSource>>,
  scope: Scope,
  complain: Complain,
): LoadedSecret[] {
  return Object.entries(secrets).flatMap(([name, source]) => {
    const { text, problem } = secretFrom(source, scope)
    if (problem === undefined) return [{ name, value: new Secret(text) }]
    complain([name], problem)
    return []
  })
}

function secretFrom({ env, file, command }: SecretSource, scope: Scope) {
  const { text, problems } = command
    ? outputOf(command, scope)
    : fillIn(env === undefined ? `\${file:${file}}` : `\${env:${env}}`, scope)
  const [problem] = problems
  if (problem !== undefined) return { text, problem }
  return text.length < shortest
    ? { text, problem: `is shorter than ${shortest} characters, which stand anywhere by chance` }
    : { text, problem: undefined }
}

/** Its complaints may hold what it was to print, so they are not read. */
function outputOf([program = '', ...args]: readonly string[], { path, environment }: Scope) {
  try {
    const output = execFileSync(program, args, {
      cwd: dirname(path),
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: commandMs,
      maxBuffer: mostBytes,
    })
    return { text: output.toString('utf8').trimEnd(), problems: [] }
  } catch (cause) {
    const { code, status } = cause as NodeJS.ErrnoException & { status?: number }
    return { text: '', problems: [`the command ${program} failed: ${code ?? `exit ${status}`}`] }
  }
}
