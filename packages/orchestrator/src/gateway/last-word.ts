import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { ndjsonType, problemOf, problemType } from '@stuntdouble/sdk/wire'
import type { WebSocket } from 'ws'

/** Who does not listen is cut off without it. */
const heardWithinMs = 1_000

/** Ends a command’s answer, at the end of its sandbox if nothing else is why, in the form in which it began. */
export function lastWord(response: ServerResponse, why = ended()): void {
  // What the command still says comes too late, and is no failure.
  response.on('error', () => {})
  if (!response.headersSent) {
    response.writeHead(why.status, { 'content-type': problemType, connection: 'close' })
    response.end(JSON.stringify(problemOf(why)))
  } else if (response.getHeader('content-type') === ndjsonType) {
    response.end(`${JSON.stringify({ type: 'error', problem: problemOf(why) })}\n`)
  } else response.destroy()
  setTimeout(() => response.destroy(), heardWithinMs).unref()
}

/** The same for a process’s socket; `client` is not there before it was taken over. */
export function lastMessage(socket: Duplex, client: WebSocket | undefined, why = ended()): void {
  if (client === undefined) {
    socket.destroy()
    return
  }
  client.pause()
  client.send(JSON.stringify({ type: 'error', problem: problemOf(why) }), () => socket.destroy())
  setTimeout(() => socket.destroy(), heardWithinMs).unref()
}

const ended = () =>
  new SandboxError('sandbox_gone', 'The sandbox has ended.', {
    hint: 'Run `sandbox up` for a new one.',
  })
