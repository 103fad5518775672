import { posix } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { collect } from './collect.ts'
import type { Commands } from './commands.ts'
import { fileNotFound, fileRefused } from './errors.ts'
import type { FileRef } from './files.ts'
import { createStall } from './stall.ts'
import { parseStats, type Stat, statFormat } from './stat.ts'

/** Names inside a sandbox, told and changed there with the agent’s own rights. */
export interface Tree {
  /** Of the name itself: a link is told as one. Throws `file_not_found`. */
  stat(file: FileRef, signal: AbortSignal): Promise<Stat>
  /** As deep as `depth`; 1 is what the directory holds itself. Throws `usage` for what is none. */
  list(file: FileRef, depth: number, signal: AbortSignal): Promise<Stat[]>
  /** With those above it; `created` is false where it was there. Throws `usage` where a file is in the way. */
  makeDirectory(file: FileRef, signal: AbortSignal): Promise<Made>
  /** As `rename(2)`, with the directories above `to` made: a file there is replaced, a full directory is not. */
  move(file: FileRef, to: string, signal: AbortSignal): Promise<Stat>
}

export interface Made {
  readonly created: boolean
  readonly entry: Stat
}

const exit = { missing: 3, notADirectory: 4 } as const
const outputBytes = 4 * 1024 ** 2
const messageBytes = 4096
/** What is moved to another file system is copied, however large it is. */
const moveWithinMs = 60_000

const print = `-printf '${statFormat}'`
const there = `{ [ -e "$1" ] || [ -L "$1" ]; } || exit ${exit.missing}`
const statScript = `${there}; exec find "$1" -maxdepth 0 ${print}`
const listScript = `${there}; [ -d "$1" ] || exit ${exit.notADirectory}
[ "$1" = / ] || set -- "$1/" "$2"
exec find "$1" -mindepth 1 -maxdepth "$2" ${print}`
/** Says first what it found, as one more record. */
const makeScript = `if [ -d "$1" ]; then made=there; else made=made; fi
{ [ $made = made ] && { [ -e "$1" ] || [ -L "$1" ]; } } && exit ${exit.notADirectory}
mkdir -p -- "$1" && printf '%s\\0' $made && exec find "$1" -maxdepth 0 ${print}`
const moveScript = `${there}; mkdir -p -- "$3" && mv -T -- "$1" "$2" && exec find "$2" -maxdepth 0 ${print}`

export function createTree(commands: Pick<Commands, 'start'>): Tree {
  async function run({ file, script, more = [], ms, signal }: Run): Promise<string> {
    const stall = createStall(signal, file.path, ms)
    const command = ['/bin/sh', '-c', script, 'sh', file.path, ...more]
    const request = { command, cwd: '/', env: { LC_ALL: 'C.UTF-8' }, stdin: 'none' } as const
    const process = await commands.start(file.sandbox, request, stall.signal)
    const [output, complaint, code] = await stall.awaiting(
      Promise.all([
        collect(process.stdout, outputBytes),
        collect(process.stderr, messageBytes),
        process.exit,
      ]),
    )
    if (code !== 0) throw failureOf(code, file.path, complaint.text)
    if (output.truncated) throw tooMany(file.path)
    return output.text
  }

  return {
    async stat(file, signal) {
      return one(file, await run({ file, script: statScript, signal }))
    },
    async list(file, depth, signal) {
      return parseStats(await run({ file, script: listScript, more: [String(depth)], signal }))
    },
    async makeDirectory(file, signal) {
      const said = await run({ file, script: makeScript, signal })
      const found = said.indexOf('\0')
      const entry = one(file, said.slice(found + 1))
      return { created: said.slice(0, found) === 'made', entry }
    },
    async move(file, to, signal) {
      const more = [to, posix.dirname(to)]
      return one(file, await run({ file, script: moveScript, more, ms: moveWithinMs, signal }))
    },
  }
}

interface Run {
  readonly file: FileRef
  readonly script: string
  readonly more?: readonly string[]
  readonly ms?: number
  readonly signal: AbortSignal
}

function one({ path }: FileRef, output: string): Stat {
  const [stat] = parseStats(output)
  if (!stat) throw fileNotFound(path)
  return stat
}

function failureOf(code: number, path: string, complaint: string): SandboxError {
  if (code === exit.missing) return fileNotFound(path)
  if (code === exit.notADirectory) return notADirectory(path)
  const last = complaint.trim().split('\n').at(-1)?.split(': ').at(-1)?.toLowerCase()
  return fileRefused(path, last || 'the file system refuses')
}

const notADirectory = (path: string) =>
  new SandboxError('usage', `"${path}" is not a directory.`, { hint: 'Name a directory.' })

const tooMany = (path: string) =>
  new SandboxError('capacity', `"${path}" holds too many entries to list.`, {
    hint: 'List it with less depth, or with a command.',
  })
