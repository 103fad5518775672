import { EventEmitter, once } from 'node:events'
import { type ProcessView, SignalRequest, StartProcess } from '../wire/processes.ts'
import { ndjsonType } from '../wire/progress.ts'
import { answer, bodyOf } from './fake-control.ts'
import { processNotFound, takesNoInput } from './fake-errors.ts'
import type { FakeChild } from './fake-machine.ts'
import { exitCodeOf, run } from './fake-running.ts'
import { bash } from './fake-spawn.ts'
import type { Exchange, FakeSandbox } from './fake-state.ts'

/** A process of a fake sandbox that outlives the request that started it. */
export interface FakeBackground {
  readonly sandbox: string
  readonly child: FakeChild
  readonly takesInput: boolean
  readonly changed: EventEmitter
  readonly said: Record<'stdout' | 'stderr', Buffer>
  view: ProcessView
}

/** `<url>/processes…`; nothing of it is bounded or forgotten. */
export async function processesAnswer(
  exchange: Exchange,
  sandbox: FakeSandbox,
  rest: readonly string[],
): Promise<void> {
  const { request, response, state } = exchange
  const [id, action = ''] = rest.join('/').split('?')[0]?.split('/') ?? []
  if (!id && request.method === 'POST') return await start(exchange, sandbox)
  const known = state.background.filter((each) => each.sandbox === sandbox.view.id)
  if (!id) return answer(response, { processes: known.map(({ view }) => view) })
  const found = known.find(({ view }) => view.id === id)
  if (!found) throw processNotFound(id)
  if (action === 'output') return await output(exchange, found)
  if (action === 'stdin') return await input(exchange, found)
  if (action === 'signal') found.child.kill((await bodyOf(exchange, SignalRequest)).signal)
  if (request.method === 'GET') return answer(response, found.view)
  if (request.method === 'POST') return void response.writeHead(204).end()
  if (found.child.kill('SIGKILL')) await once(found.child, 'close')
  answer(response, found.view)
}

async function start(exchange: Exchange, sandbox: FakeSandbox) {
  const { state, response } = exchange
  const { command = bash, cwd, env, tag, stdin, tty } = await bodyOf(exchange, StartProcess)
  const child = run(sandbox, { command, cwd, env })
  if (!stdin && !tty) child.stdin.end()
  const said = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  const id = `pr${String(state.background.length).padStart(12, '0')}`
  const kept = { from: 0, to: 0 }
  const view: ProcessView = {
    ...{ id, pid: child.pid ?? null, command, cwd, tty: false, tag: tag ?? null, state: 'running' },
    ...{ startedAt: new Date().toISOString(), endedAt: null, exitCode: null, problem: null },
    ...{ stdout: kept, stderr: kept },
  }
  const running: FakeBackground = {
    ...{ sandbox: sandbox.view.id, child, said, view, changed: new EventEmitter() },
    takesInput: stdin || tty !== undefined,
  }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data: Buffer) => {
      said[name] = Buffer.concat([said[name], data])
      running.view = { ...running.view, [name]: { from: 0, to: said[name].length } }
      running.changed.emit('change')
    })
  }
  child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
    const endedAt = new Date().toISOString()
    running.view = { ...running.view, state: 'ended', endedAt, exitCode: exitCodeOf(code, signal) }
    running.changed.emit('change')
  })
  state.background.push(running)
  response.statusCode = 201
  answer(response, running.view)
}

async function output({ request, response }: Exchange, process: FakeBackground): Promise<void> {
  const query = new URL(request.url ?? '', 'http://here').searchParams
  if (!request.headers.accept?.includes(ndjsonType)) {
    const page = (name: 'stdout' | 'stderr') => {
      const bytes = process.said[name].subarray(Number(query.get(name) ?? 0))
      return { text: bytes.toString(), dropped: 0, next: process.said[name].length }
    }
    return answer(response, {
      process: process.view,
      stdout: page('stdout'),
      stderr: page('stderr'),
    })
  }
  response.writeHead(200, { 'content-type': ndjsonType })
  const line = (value: object) => response.write(`${JSON.stringify(value)}\n`)
  const told = { stdout: 0, stderr: 0 }
  for (;;) {
    for (const type of ['stdout', 'stderr'] as const) {
      const data = process.said[type].subarray(told[type]).toString('base64')
      if (data) line({ type, offset: told[type], data })
      told[type] = process.said[type].length
    }
    if (process.view.exitCode !== null) line({ type: 'exit', exitCode: process.view.exitCode })
    if (process.view.exitCode !== null || query.get('follow') === 'false')
      return void response.end()
    await once(process.changed, 'change')
  }
}

async function input({ request, response }: Exchange, { child, takesInput, view }: FakeBackground) {
  if (!takesInput || view.state === 'ended') throw takesNoInput()
  for await (const chunk of request) child.stdin.write(chunk)
  if (request.url?.endsWith('eof=true')) child.stdin.end()
  response.writeHead(204).end()
}
