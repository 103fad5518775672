import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { ValueSource } from '../../config/config.ts'

/** Why there is no value. Names what was tried, never what it gave. */
export class NoValue extends Error {
  override readonly name = 'NoValue'
}

export type ReadValue = (from: ValueSource) => Promise<string>

const commandWithinMs = 10_000
const maxBytes = 65_536
/** What a header can carry and nothing else is mistaken for. */
const form = /^[\x21-\x7e]{8,4096}$/

/** Reads a credential where the operator keeps it. Throws `NoValue`. */
export const readValueIn =
  (environment: Readonly<Record<string, string | undefined>>): ReadValue =>
  async (from) => {
    const value = (await textOf(from, environment)).trim()
    if (!form.test(value)) throw new NoValue('it is not 8 to 4096 printable characters in one line')
    return value
  }

function textOf(
  from: ValueSource,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if ('variable' in from) return Promise.resolve(environment[from.variable] ?? '')
  if ('file' in from) return readFile(from.file, 'utf8').catch((cause) => cannot('read', cause))
  return outputOf(from, environment).catch((cause) => cannot('run', cause))
}

async function outputOf(
  { command: [file = '', ...rest], directory }: Extract<ValueSource, { command: unknown }>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const options = { cwd: directory, env: { ...environment }, timeout: commandWithinMs }
  const { stdout } = await promisify(execFile)(file, rest, { ...options, maxBuffer: maxBytes })
  return stdout
}

/** Node’s own words would hold the program’s output. */
function cannot(what: string, cause: { readonly code?: unknown }): never {
  const code =
    typeof cause.code === 'number' ? `it ended with ${cause.code}` : (cause.code ?? 'late')
  throw new NoValue(`its source could not be ${what === 'run' ? 'run' : 'read'}: ${code}`)
}
