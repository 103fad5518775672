import { createReadStream } from 'node:fs'
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { SandboxError } from '../errors.ts'
import { ExecRequest, fileTypeHeader } from '../wire/door.ts'
import { problemOf } from '../wire/problem.ts'
import { ndjsonType } from '../wire/progress.ts'
import { QueryRequest } from '../wire/query.ts'
import { processesAnswer } from './fake-background.ts'
import { answer, bodyOf } from './fake-control.ts'
import { spawnIn } from './fake-spawn.ts'
import type { Exchange, FakeSandbox } from './fake-state.ts'

export async function doorAnswer(exchange: Exchange): Promise<void> {
  const { request, response, state } = exchange
  const sandbox = state.byCapability(request.url ?? '')
  if (!sandbox) throw gone()
  const [, , , kind, ...rest] = (request.url ?? '').split('/')
  if (kind === 'exec') return await exec(exchange, sandbox)
  if (kind?.split('?')[0] === 'processes') return await processesAnswer(exchange, sandbox, rest)
  if (kind === 'files') {
    const path = `/${rest.map(decodeURIComponent).join('/')}`
    const claimed = request.method === 'GET' && state.claims.get(path)
    if (!claimed) return await files(exchange, path, sandbox.root)
    response.setHeader(fileTypeHeader, 'directory')
    return answer(response, { path, entries: claimed })
  }
  if (kind === 'databases') return await query(exchange, rest)
  if (kind === 'ports') {
    const view = (port: string) => portView(sandbox.view.id, Number(port))
    return answer(response, rest[0] === undefined ? { ports: [view('3000')] } : view(rest[0]))
  }
  const { id, expiresAt, idleAt, databases } = sandbox.view
  const workspace = { path: '/workspace', user: 'agent' }
  const seen = { id, state: 'ready', expiresAt, idleAt, databases, workspace }
  answer(response, { ...seen, message: 'A sandbox.', links: {} })
}

async function query(exchange: Exchange, [name = '']: readonly string[]) {
  const asked = await bodyOf(exchange, QueryRequest)
  answer(exchange.response, exchange.state.query(decodeURIComponent(name), asked))
}

async function exec(exchange: Exchange, sandbox: FakeSandbox) {
  const { response } = exchange
  const request = await bodyOf(exchange, ExecRequest)
  response.writeHead(200, { 'content-type': ndjsonType })
  const line = (value: object) => response.write(`${JSON.stringify(value)}\n`)
  const child = spawnIn(sandbox, request)
  const timer = setTimeout(() => {
    line({ type: 'error', problem: problemOf(tooLate(request.timeoutMs)) })
    response.end()
    child.kill('SIGKILL')
  }, request.timeoutMs)
  response.once('close', () => child.kill('SIGKILL'))
  child.stdin.end()
  for (const type of ['stdout', 'stderr'] as const) {
    child[type].on('data', (data: Buffer) => line({ type, data: data.toString('base64') }))
  }
  child.once('close', (exitCode) => {
    clearTimeout(timer)
    response.end(`${JSON.stringify({ type: 'exit', exitCode: exitCode ?? 137 })}\n`)
  })
}

async function files({ request, response }: Exchange, path: string, root: string) {
  const file = join(root, path)
  if (request.method === 'PUT') {
    const content = await buffer(request)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    return answer(response, { path, size: content.length })
  }
  if (request.method === 'DELETE') {
    await rm(file, { recursive: true, force: true })
    return void response.writeHead(204).end()
  }
  const stats = await lstat(file).catch(() => undefined)
  if (!stats) throw fileNotFound(path)
  if (stats.isDirectory()) return answerDirectory(response, path, file)
  response.writeHead(200, { [fileTypeHeader]: 'file' })
  await pipeline(createReadStream(file), response).catch(() => {})
}

async function answerDirectory(response: Exchange['response'], path: string, directory: string) {
  const names = await readdir(directory)
  const entries = names.map(async (name) => {
    const stats = await lstat(join(directory, name))
    const isLink = stats.isSymbolicLink()
    const type = stats.isDirectory() ? 'directory' : isLink ? 'symlink' : 'file'
    return {
      name,
      path: join(path, name),
      type,
      size: stats.size,
      modifiedAt: stats.mtime.toISOString(),
    }
  })
  response.setHeader(fileTypeHeader, 'directory')
  answer(response, { path, entries: await Promise.all(entries) })
}

function portView(id: string, port: number) {
  const url = `http://${port}-${id}.localhost/`
  return { port, url, link: `${url}?token=fake` }
}

const gone = () =>
  new SandboxError('sandbox_gone', 'This sandbox has ended.', { hint: 'Make a new one.' })
const fileNotFound = (path: string) =>
  new SandboxError('file_not_found', `No file ${path}.`, { hint: 'List its directory.' })
const tooLate = (timeoutMs: number) =>
  new SandboxError('timed_out', `The command was ended after ${timeoutMs} ms.`, {
    hint: 'Give it more time.',
  })
