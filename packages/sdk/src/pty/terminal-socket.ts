import { SandboxError } from '../errors.ts'
import { type Connection, originOf } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { timedOut, toldError, unreachable } from '../http/http-errors.ts'
import { channel, ProcessControl, type ProcessStartInput, Welcome } from '../wire/door.ts'

const openWithinMs = 60_000
/** The gateway takes frames up to a MiB. */
const frameBytes = 64 * 1024
const unsentBytes = 1024 * 1024
const lookAgainMs = 5

export interface Heard {
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onExit: (exitCode: number) => void
  readonly onFailure: (cause: unknown) => void
}

/**
 * The socket at `<url>/process`, by the WebSocket that browsers, Node, Deno and Bun all have. Rejects
 * with what the sandbox itself says where it does not open: the standard tells no reason.
 */
export async function openTerminal(
  door: Connection,
  start: ProcessStartInput,
  signal?: AbortSignal,
): Promise<WebSocket> {
  signal?.throwIfAborted()
  const socket = new WebSocket(`${door.url.replace(/^http/, 'ws')}/process`)
  socket.binaryType = 'arraybuffer'
  try {
    await opened(socket, signal)
  } catch (cause) {
    socket.close()
    signal?.throwIfAborted()
    if (cause instanceof SandboxError) throw cause
    await sendForJson(door, { path: '', schema: Welcome, signal })
    throw unreachable(originOf(door), cause)
  }
  socket.send(JSON.stringify(start))
  return socket
}

function opened(socket: WebSocket, signal: AbortSignal | undefined): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const over = new AbortController()
  const late = () => reject(timedOut(new URL(socket.url).origin, openWithinMs))
  const timer = setTimeout(late, openWithinMs)
  const heard = { signal: over.signal, once: true }
  socket.addEventListener('open', resolve, heard)
  socket.addEventListener('error', () => reject(new Error('it did not open')), heard)
  signal?.addEventListener('abort', () => reject(signal.reason), heard)
  return promise.finally(() => {
    clearTimeout(timer)
    over.abort()
  })
}

/** Hands on what comes, until the socket closes. Of several ends the first is meant. */
export function listenTo(socket: WebSocket, { onBytes, onExit, onFailure }: Heard): void {
  socket.addEventListener('message', ({ data }: MessageEvent) => {
    if (typeof data !== 'string') return onBytes(new Uint8Array(data, 1))
    const message = controlOf(data)
    if (message?.type === 'exit') onExit(message.exitCode)
    if (message?.type === 'error') onFailure(toldError(message.problem))
  })
  socket.addEventListener('close', () => onFailure(terminalLost()))
}

function controlOf(text: string): ProcessControl | undefined {
  try {
    return ProcessControl.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Sends in parts, each when most of what went before has left: the standard has no other brake. */
export async function sendInput(socket: WebSocket, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += frameBytes) {
    while (socket.bufferedAmount > unsentBytes && socket.readyState === socket.OPEN) {
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
    }
    if (socket.readyState !== socket.OPEN) throw terminalLost()
    socket.send(framed(bytes.subarray(at, at + frameBytes)))
  }
}

function framed(part: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(part.length + 1)
  frame[0] = channel.stdin
  frame.set(part, 1)
  return frame
}

const terminalLost = () =>
  new SandboxError('sandbox_gone', 'The terminal is closed.', {
    hint: 'Its program or its sandbox may have ended: `sandbox ls --all` says so.',
  })
