import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { channel, ProcessControl, ProcessStart, problemOf } from '@stuntdouble/sdk/wire'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { KillSignal, Process } from '../engine/engine.ts'
import { asSandboxError } from '../lib/progress-response.ts'
import { commandText } from './command-text.ts'
import { authorize, type GatewayParts } from './gateway.ts'
import { Inbox } from './inbox.ts'
import { lastMessage } from './last-word.ts'
import { latest } from './latest.ts'
import { pump } from './socket-pump.ts'

const maxFrameBytes = 1024 ** 2
const startWithinMs = 10_000

/** Serves `<url>/process`: a terminal or a streamed command over one WebSocket (see door.ts in the SDK). */
export function createProcessSocket(parts: GatewayParts) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
  })

  return {
    /** Takes over an upgrade request; answers those for other paths with 404. */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      // Nobody else listens yet, and a caller may be gone before it is answered.
      socket.on('error', () => socket.destroy())
      const port = /^\/s\/([^/?]+)\/ports\/([1-9]\d{0,4})(\/.*)$/.exec(request.url ?? '')
      if (port) return void upgradeTo(parts, port, { request, socket, first: head })
      const handle = /^\/s\/([^/?]+)\/process$/.exec(request.url ?? '')?.[1]
      try {
        if (handle === undefined) throw notHere()
        const sandbox = authorize(parts, handle, request)
        let taken: WebSocket | undefined
        const use = parts.hosted.use(sandbox, (why) => lastMessage(socket, taken, why))
        socket.once('close', () => use[Symbol.dispose]())
        server.handleUpgrade(request, socket, head, (client) => {
          taken = client
          void serve(parts, sandbox, client)
        })
      } catch (cause) {
        refuse(socket, asSandboxError(cause))
      }
    },
  }
}

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly first: Buffer
}

/** A program’s WebSocket to a port inside. */
async function upgradeTo(
  parts: GatewayParts,
  [, handle = '', port, path = '/']: readonly string[],
  { request, ...upgrade }: Upgrade,
): Promise<void> {
  try {
    const sandbox = authorize(parts, handle, request)
    await parts.previews.upgradeTo({ sandbox, port: Number(port), path }, request, upgrade)
  } catch (cause) {
    refuse(upgrade.socket, asSandboxError(cause))
  }
}

async function serve(parts: GatewayParts, sandbox: string, client: WebSocket): Promise<void> {
  const gone = new AbortController()
  client.once('close', () => gone.abort())
  client.on('error', () => client.terminate())
  const inbox = new Inbox(client)
  try {
    const start = await firstMessage(inbox)
    const late = start.timeoutMs ? AbortSignal.timeout(start.timeoutMs) : undefined
    const signal = late ? AbortSignal.any([gone.signal, late]) : gone.signal
    const process = await parts.doors.commands.start(sandbox, start, signal)
    const talk = {
      ...{ process, client },
      resize: latest(([cols, rows]: Size) => process.resize(cols, rows)),
      kill: latest((sent: KillSignal | undefined) => process.kill(sent)),
    }
    inbox.listen((data, isBinary) => hear(talk, data, isBinary))
    await Promise.all([
      pump(process.stdout, client, channel.stdout),
      pump(process.stderr, client, channel.stderr),
    ])
    const exitCode = await process.exit
    parts.recorder.recordSoon(sandbox, 'command', { command: commandText(start.command), exitCode })
    tell(
      client,
      late?.aborted ? timeoutOf(parts, start.timeoutMs ?? 0) : { type: 'exit', exitCode },
    )
  } catch (cause) {
    tell(client, { type: 'error', problem: problemOf(asSandboxError(cause)) })
  }
  client.close()
}

const timeoutOf = (parts: GatewayParts, timeoutMs: number): ProcessControl => ({
  type: 'error',
  problem: problemOf(parts.doors.commands.timedOut(timeoutMs)),
})

function tell(client: WebSocket, control: ProcessControl): void {
  if (client.readyState === client.OPEN) client.send(JSON.stringify(control))
}

function firstMessage(inbox: Inbox): Promise<ProcessStart> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(badStart('nothing came')), startWithinMs)
    void inbox.first().then((data) => {
      clearTimeout(timer)
      const parsed = ProcessStart.safeParse(jsonOf(data))
      if (parsed.success) resolve(parsed.data)
      else
        reject(
          badStart(
            parsed.error.issues
              .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
              .join('; '),
          ),
        )
    })
  })
}

interface Talk {
  readonly process: Process
  readonly client: WebSocket
  readonly resize: (size: Size) => void
  readonly kill: (signal: KillSignal | undefined) => void
}

type Size = readonly [cols: number, rows: number]

/** stdin that the process does not read stops the socket, and with it the sender. */
function hear({ process, client, ...talk }: Talk, data: RawData, isBinary: boolean): void {
  if (isBinary) {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat() as Buffer[])
    if (bytes[0] !== channel.stdin || process.stdin.write(bytes.subarray(1))) return
    client.pause()
    process.stdin.once('drain', () => client.resume())
    return
  }
  const control = ProcessControl.safeParse(jsonOf(data)).data
  if (control?.type === 'resize') talk.resize([control.cols, control.rows])
  if (control?.type === 'eof') process.stdin.end()
  if (control?.type === 'kill') talk.kill(control.signal)
}

function jsonOf(data: RawData): unknown {
  try {
    return JSON.parse(String(data))
  } catch {
    return undefined
  }
}

/** Closes it as well: no timeout of the server’s watches a connection that was upgraded. */
function refuse(socket: Duplex, error: SandboxError): void {
  socket.resume()
  socket.once('finish', () => socket.destroy())
  const body = JSON.stringify(problemOf(error))
  socket.end(
    `HTTP/1.1 ${error.status} Refused\r\ncontent-type: application/problem+json\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

const notHere = () =>
  new SandboxError('sandbox_not_found', 'No WebSocket is served at this address.', {
    hint: 'Open the one at <url>/process.',
  })

const badStart = (why: string) =>
  new SandboxError('usage', `The first message must be a process to start: ${why}.`, {
    hint: 'Send { "command": "…" } as text, then binary frames of stdin.',
  })
