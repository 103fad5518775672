import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  request as requestOf,
  type ServerResponse,
} from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { StepWatch } from './step-watch.ts'

/** A container's whole configuration comes in a URL. */
const generous = { maxHeaderSize: 2 ** 20 }

/**
 * Stands between an orchestrator and its engine and knows every call: each request, and each time
 * something is written into a stream that was taken over, which is how scripts reach the pool.
 */
export class EngineProxy implements AsyncDisposable {
  readonly socketPath: string
  readonly #engineSocket: string
  readonly #server = createServer(generous, (...asked) => this.#pass(...asked))
  readonly #open = new Set<Duplex>()
  #watch = new StepWatch()

  private constructor(socketPath: string, engineSocket: string) {
    this.socketPath = socketPath
    this.#engineSocket = engineSocket
    this.#server.on('upgrade', (...taken) => this.#takeOver(...taken))
    this.#server.on('connection', (socket) => this.#keep(socket))
  }

  static async open(socketPath: string, engineSocket: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(socketPath, engineSocket)
    await once(proxy.#server.listen(socketPath), 'listening')
    return proxy
  }

  /** Counts from now on. With a target it strikes once, when that step comes. */
  watch(target?: ConstructorParameters<typeof StepWatch>[0]): StepWatch {
    this.#watch = new StepWatch(target)
    return this.#watch
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }

  #keep(socket: Duplex): void {
    this.#open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#open.delete(socket))
  }

  #ask(request: IncomingMessage) {
    const { method, url: path, headers } = request
    const asked = requestOf({ socketPath: this.#engineSocket, method, path, headers, agent: false })
    asked.on('socket', (socket) => this.#keep(socket))
    return asked
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const step = this.#watch.arrived(nameOf(request))
    if (step.struck()) return void response.destroy()
    const asked = this.#ask(request)
    asked.on('error', () => response.destroy())
    // Who is killed leaves its connections; the engine then knows that nobody waits.
    response.on('close', () => asked.destroy())
    asked.on('response', (answer) => {
      if (step.answered()) return void response.destroy()
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    request.pipe(asked)
  }

  /** Two streams from here on. What is written between two answers is one call. */
  #takeOver(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const name = nameOf(request)
    let step: ReturnType<StepWatch['arrived']> | undefined = this.#watch.arrived(name)
    if (step.struck()) return void client.destroy()
    const engine = connect({ path: this.#engineSocket, allowHalfOpen: true })
    this.#keep(engine)
    engine.write(headOf(request))
    engine.write(head)
    client.on('data', (chunk) => {
      step ??= this.#watch.arrived(`${name} input`)
      if (step.struck()) client.destroy()
      else engine.write(chunk)
    })
    engine.on('data', (chunk) => {
      if (step?.answered()) client.destroy()
      else client.write(chunk)
      step = undefined
    })
    client.on('end', () => engine.end())
    engine.on('end', () => client.end())
    client.on('close', () => engine.destroy())
    engine.on('close', () => client.destroy())
  }
}

function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}\r\n`] : [],
  )
  return `${method} ${url} HTTP/1.1\r\n${headers.join('')}\r\n`
}

/** The same for the same call of every round: what is new each time has no name. */
const nameOf = ({ method, url = '' }: IncomingMessage) =>
  `${method} ${decodeURIComponent(url)
    .replace(/[0-9a-f]{64}/g, 'ID')
    .replace(/\b(s[bn]|w[hs])[0-9a-z]{12}/g, '$1*')
    .replace(/(installation=|pool=|stuntdouble\.)[0-9a-z]{12}(?=[".])/g, '$1*')
    .replace(/&(Image|Driver)=.*/s, '')}`
