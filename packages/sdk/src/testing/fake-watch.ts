import { eventStreamType } from '../wire/events.ts'
import type { FileChange } from '../wire/files.ts'
import { fileNotFound } from './fake-errors.ts'
import type { FakeMachine } from './fake-machine.ts'
import type { Exchange, FakeSandbox } from './fake-state.ts'

const lookMs = 20

type Seen = ReadonlyMap<string, string>

/** What changes in a directory, as server-sent events. Another name is told as one gone and one new. */
export async function watchAnswer({ request, response }: Exchange, { machine }: FakeSandbox) {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake')
  const [, , , , ...rest] = pathname.split('/')
  const path = `/${rest.map(decodeURIComponent).join('/')}`
  const look = () => seenIn(machine, path, searchParams.get('recursive') === 'true')
  let before = await look()
  if (!before) throw fileNotFound(path)
  response.writeHead(200, { 'content-type': eventStreamType }).flushHeaders()
  while (!response.destroyed) {
    await new Promise((resolve) => setTimeout(resolve, lookMs))
    const now = await look()
    if (!now) return void response.end()
    for (const change of changesBetween(before, now)) {
      response.write(`data: ${JSON.stringify(change)}\n\n`)
    }
    before = now
  }
}

/** By path, what is compared of each. Undefined where there is no such directory. */
async function seenIn(
  machine: FakeMachine,
  path: string,
  recursive: boolean,
): Promise<Seen | undefined> {
  const entries = await machine.read(path)
  if (!Array.isArray(entries)) return undefined
  const seen = new Map<string, string>()
  for (const entry of entries) {
    const content = await machine.read(entry.path)
    seen.set(entry.path, Array.isArray(content) || !content ? '' : `f${Buffer.from(content)}`)
    const below = recursive ? await seenIn(machine, entry.path, true) : undefined
    for (const [inner, what] of below ?? []) seen.set(inner, what)
  }
  return seen
}

function changesBetween(before: Seen, now: Seen): FileChange[] {
  const gone = [...before.keys()].filter((path) => !now.has(path))
  const come = [...now].filter(([path]) => !before.has(path))
  const other = [...now].filter(([path, what]) => before.has(path) && before.get(path) !== what)
  return [
    ...gone.map((path) => ({ type: 'remove', path }) as const),
    ...come.map(([path]) => ({ type: 'create', path }) as const),
    ...[...come.filter(([, what]) => what.length > 1), ...other].map(
      ([path]) => ({ type: 'write', path }) as const,
    ),
  ]
}
