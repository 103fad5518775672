import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Stuntdouble } from '../lib/stuntdouble.ts'

/** Given to the orchestrator, so that its inspector, once asked for, listens on a port of its own. */
export const inspectable = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' } as const

/** In bytes. */
export interface LiveMemory {
  /** Objects and the memory behind their buffers. */
  readonly objects: number
  /** What V8 made of the program's functions: it goes on compiling for as long as it runs. */
  readonly code: number
}

export interface OrchestratorHeap extends Disposable {
  /** What is alive in the orchestrator: what can be collected, is, before anything is counted. */
  live(): Promise<LiveMemory>
}

/** Of V8's spaces, these hold compiled code, bytecode and what belongs to them. */
const inOrchestrator = `{
  const spaces = process.getBuiltinModule('v8').getHeapSpaceStatistics()
  const code = spaces
    .filter(({ space_name }) => /^(code|trusted)_/.test(space_name))
    .reduce((sum, space) => sum + space.space_used_size, 0)
  const { heapUsed, external } = process.memoryUsage()
  JSON.stringify({ objects: heapUsed - code + external, code })
}`

/** Of an orchestrator that was started with {@link inspectable}. */
export async function openHeap(home: Stuntdouble, pid: number): Promise<OrchestratorHeap> {
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await inspectorOf(home))
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', reject, { once: true })
  })
  const call = caller(socket)

  return {
    async live() {
      await call('HeapProfiler.collectGarbage')
      const said = await call('Runtime.evaluate', { expression: inOrchestrator })
      return Live.parse(JSON.parse(Evaluated.parse(said).result.value))
    },
    [Symbol.dispose]: () => socket.close(),
  }
}

async function inspectorOf(home: Stuntdouble): Promise<string> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const url = /Debugger listening on (ws:\S+)/.exec(await home.log(10_000))?.[1]
    if (url !== undefined) return url
    await sleep(50)
  }
  throw new Error('the orchestrator does not say where it can be inspected')
}

/** https://chromedevtools.github.io/devtools-protocol/v8/ */
function caller(socket: WebSocket) {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const { id = 0, result, error } = Answer.parse(JSON.parse(String(data)))
    if (error) waiting.get(id)?.reject(new Error(`the inspector says: ${error.message}`))
    else waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the orchestrator ended'))
  })
  return (method: string, params: object = {}): Promise<unknown> => {
    last += 1
    const answer = Promise.withResolvers<unknown>()
    waiting.set(last, answer)
    socket.send(JSON.stringify({ id: last, method, params }))
    return answer.promise
  }
}

const Answer = z.object({
  id: z.int().optional(),
  result: z.unknown(),
  error: z.object({ message: z.string() }).optional(),
})
const Evaluated = z.object({ result: z.object({ value: z.string() }) })
const Live = z.object({ objects: z.number(), code: z.number() })
