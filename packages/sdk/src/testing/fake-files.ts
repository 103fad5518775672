import { MoveRequest } from '../wire/files.ts'
import { answer, bodyOf } from './fake-control.ts'
import { fileNotFound, noSuchRange } from './fake-errors.ts'
import type { Exchange, FakeSandbox } from './fake-state.ts'

interface Asked {
  readonly kind: 'stat' | 'directories' | 'move'
  /** Of the path inside, encoded. */
  readonly rest: readonly string[]
}

/** What is told and done of names. */
export async function treeAnswer(
  exchange: Exchange,
  { machine }: FakeSandbox,
  { kind, rest }: Asked,
): Promise<void> {
  const { response } = exchange
  const path = `/${rest.map(decodeURIComponent).join('/')}`
  if (kind === 'move') {
    const { from, to } = await bodyOf(exchange, MoveRequest)
    if (!(await machine.move(from, to))) throw fileNotFound(from)
    return answer(response, await machine.stat(to))
  }
  const created = kind === 'directories' && (await machine.makeDirectory(path))
  const entry = await machine.stat(path)
  if (!entry) throw fileNotFound(path)
  answer(response, kind === 'stat' ? entry : { created, entry })
}

/** All of a file, or the part that is asked for. */
export function sendBytes({ request, response }: Exchange, path: string, bytes: Uint8Array): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  if (from === undefined) return void response.end(bytes)
  const first = Number(from)
  if (first >= bytes.length) throw noSuchRange(path, bytes.length)
  const last = Math.min(to ? Number(to) : bytes.length - 1, bytes.length - 1)
  response
    .writeHead(206, { 'content-range': `bytes ${first}-${last}/${bytes.length}` })
    .end(bytes.subarray(first, last + 1))
}
