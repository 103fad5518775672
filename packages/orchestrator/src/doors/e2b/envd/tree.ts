import { posix } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { collect } from '../../collect.ts'
import type { Commands } from '../../commands.ts'
import { fileNotFound, fileRefused } from '../../errors.ts'
import { createStall } from '../../stall.ts'
import { type EntryInfo, entryFormat, parseEntries } from './entry.ts'

/** What the file API of ours does not tell or do, done inside by the agent’s own user. */
export interface Tree {
  stat(path: string): Promise<EntryInfo>
  list(path: string, depth: number): Promise<EntryInfo[]>
  makeDirectory(path: string): Promise<EntryInfo>
  move(from: string, to: string): Promise<EntryInfo>
}

const exit = { missing: 3, notADirectory: 4, exists: 5 } as const
const outputBytes = 4 * 1024 ** 2
const messageBytes = 4096

const print = `-printf '${entryFormat}'`
const there = `{ [ -e "$1" ] || [ -L "$1" ]; } || exit ${exit.missing}`
const statScript = `${there}; exec find "$1" -maxdepth 0 ${print}`
const listScript = `${there}; [ -d "$1" ] || exit ${exit.notADirectory}
[ "$1" = / ] || set -- "$1/" "$2"
exec find "$1" -mindepth 1 -maxdepth "$2" ${print}`
const makeScript = `[ -d "$1" ] && exit ${exit.exists}; [ -e "$1" ] && exit ${exit.notADirectory}
mkdir -p -- "$1" && exec find "$1" -maxdepth 0 ${print}`
const moveScript = `${there}; mkdir -p -- "$3" && mv -T -- "$1" "$2" && exec find "$2" -maxdepth 0 ${print}`

export function createTree(commands: Commands, sandbox: string, asked: AbortSignal): Tree {
  async function run(script: string, path: string, ...more: string[]): Promise<EntryInfo[]> {
    const stall = createStall(asked, path)
    const command = ['/bin/sh', '-c', script, 'sh', path, ...more]
    const request = { command, cwd: '/', env: { LC_ALL: 'C.UTF-8' }, stdin: 'none' } as const
    const process = await commands.start(sandbox, request, stall.signal)
    const [output, complaint, code] = await stall.awaiting(
      Promise.all([
        collect(process.stdout, outputBytes),
        collect(process.stderr, messageBytes),
        process.exit,
      ]),
    )
    if (code !== 0) throw failureOf(code, path, complaint.text)
    if (output.truncated) throw tooMany(path)
    return parseEntries(output.text)
  }

  async function one(script: string, path: string, ...more: string[]): Promise<EntryInfo> {
    const [entry] = await run(script, path, ...more)
    if (!entry) throw fileNotFound(path)
    return entry
  }

  return {
    stat: (path) => one(statScript, path),
    list: (path, depth) => run(listScript, path, String(depth)),
    makeDirectory: (path) => one(makeScript, path),
    move: (from, to) => one(moveScript, from, to, posix.dirname(to)),
  }
}

function failureOf(code: number, path: string, complaint: string): SandboxError {
  if (code === exit.missing) return fileNotFound(path)
  if (code === exit.notADirectory) return notADirectory(path)
  if (code === exit.exists) return alreadyThere(path)
  const last = complaint.trim().split('\n').at(-1)?.split(': ').at(-1)?.toLowerCase()
  return fileRefused(path, last || 'the file system refuses')
}

const notADirectory = (path: string) =>
  new SandboxError('usage', `"${path}" is not a directory.`, { hint: 'Name a directory.' })

const alreadyThere = (path: string) =>
  new SandboxError('conflict', `"${path}" is there already.`, {
    hint: 'Use it as it is.',
    details: { connectCode: 'already_exists' },
  })

const tooMany = (path: string) =>
  new SandboxError('capacity', `"${path}" holds too many entries to list.`, {
    hint: 'List it with less depth, or with a command.',
  })
