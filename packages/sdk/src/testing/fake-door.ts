import { buffer } from 'node:stream/consumers'
import { ExecRequest, fileTypeHeader } from '../wire/door.ts'
import { problemOf } from '../wire/problem.ts'
import { ndjsonType } from '../wire/progress.ts'
import { QueryRequest } from '../wire/query.ts'
import { archiveAnswer } from './fake-archives.ts'
import { processesAnswer } from './fake-background.ts'
import { answer, bodyOf } from './fake-control.ts'
import { commandTimedOut, databaseNotFound, fileNotFound, memberNotFound } from './fake-errors.ts'
import { sendBytes, treeAnswer } from './fake-files.ts'
import { fakeMetrics } from './fake-metrics.ts'
import { run } from './fake-running.ts'
import type { Exchange, FakeSandbox } from './fake-state.ts'
import { watchAnswer } from './fake-watch.ts'

export async function doorAnswer(exchange: Exchange): Promise<void> {
  const { request, response, state } = exchange
  const url = request.url ?? ''
  if (url.endsWith('/metrics') && state.held(url)) return answer(response, fakeMetrics(state.now()))
  const sandbox = state.use(url)
  const [, , , kind, ...rest] = url.split('/')
  if (kind === 'exec') return await exec(exchange, sandbox)
  if (kind?.split('?')[0] === 'processes') return await processesAnswer(exchange, sandbox, rest)
  if (kind === 'files') {
    const path = `/${rest.map(decodeURIComponent).join('/')}`
    const claimed = request.method === 'GET' && state.claims.get(path)
    if (!claimed) return await files(exchange, path, sandbox)
    response.setHeader(fileTypeHeader, 'directory')
    return answer(response, { path, entries: claimed })
  }
  if (kind === 'stat' || kind === 'directories' || kind === 'move')
    return await treeAnswer(exchange, sandbox, { kind, rest })
  if (kind?.split('?')[0] === 'archive') return await archiveAnswer(exchange, sandbox)
  if (kind === 'watch') return await watchAnswer(exchange, sandbox)
  if (kind === 'logs') return answer(response, fakeLog(sandbox, rest[0]))
  if (kind === 'databases') return await query(exchange, sandbox, rest)
  if (kind === 'ports') {
    const view = (port: string) => portView(sandbox.view.id, Number(port))
    return answer(response, rest[0] === undefined ? { ports: [view('3000')] } : view(rest[0]))
  }
  const { id, expiresAt, idleAt, databases } = sandbox.view
  const workspace = { path: '/workspace', user: 'agent' }
  const seen = { id, state: 'ready', expiresAt, idleAt, databases, workspace }
  answer(response, { ...seen, message: 'A sandbox.', links: {} })
}

async function query(
  exchange: Exchange,
  { view: { id, databases } }: FakeSandbox,
  [encoded = '']: readonly string[],
) {
  const asked = await bodyOf(exchange, QueryRequest)
  const name = decodeURIComponent(encoded)
  if (!Object.hasOwn(databases, name)) throw databaseNotFound(id, name)
  answer(exchange.response, exchange.state.query(name, asked, id))
}

async function exec(exchange: Exchange, sandbox: FakeSandbox) {
  const { response, state } = exchange
  const request = await bodyOf(exchange, ExecRequest)
  response.writeHead(200, { 'content-type': ndjsonType })
  const line = (value: object) => response.write(`${JSON.stringify(value)}\n`)
  const child = run(sandbox, request)
  const timer = setTimeout(() => {
    state.cutBy.set(child, commandTimedOut(request.timeoutMs))
    child.kill('SIGKILL')
  }, request.timeoutMs)
  response.once('close', () => child.kill('SIGKILL'))
  child.stdin.end()
  for (const type of ['stdout', 'stderr'] as const) {
    child[type].on('data', (data: Buffer) => line({ type, data: data.toString('base64') }))
  }
  child.once('close', (code: number | null) => {
    clearTimeout(timer)
    const why = state.cutBy.get(child)
    if (why) line({ type: 'error', problem: problemOf(why) })
    else line({ type: 'exit', exitCode: code ?? 137 })
    response.end()
  })
}

async function files(
  exchange: Exchange,
  path: string,
  { machine, view }: FakeSandbox,
): Promise<void> {
  const { request, response, state } = exchange
  if (request.method === 'PUT') {
    const content = await buffer(request)
    await machine.write(path, content)
    state.written.push({ sandbox: view.id, path, content })
    return answer(response, { path, size: content.length })
  }
  if (request.method === 'DELETE') {
    if (!(await machine.remove(path))) throw fileNotFound(path)
    return void response.writeHead(204).end()
  }
  const found = await machine.read(path)
  if (!found) throw fileNotFound(path)
  response.setHeader(fileTypeHeader, Array.isArray(found) ? 'directory' : 'file')
  if (Array.isArray(found)) answer(response, { path, entries: found })
  else sendBytes(exchange, path, found)
}

/** Nothing here says anything. */
function fakeLog({ view }: FakeSandbox, encoded = '') {
  const name = decodeURIComponent(encoded.split('?')[0] ?? '')
  const names = ['workspace', ...Object.keys(view.databases)]
  if (!names.includes(name)) throw memberNotFound(view.id, name)
  return { name, text: '' }
}

function portView(id: string, port: number) {
  const url = `http://${port}-${id}.localhost/`
  return { port, url, link: `${url}?token=fake` }
}
