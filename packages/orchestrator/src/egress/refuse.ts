import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Answer, answerTo, type Refusal } from './denial.ts'

/** For who is still sending: closing on unread bytes would take the answer away. */
const lingerMs = 1_000

/** Answers and closes. The answer does not say `close`, even to who asked for it: Node would do so at once. */
export function refuseResponse(response: ServerResponse, refusal: Refusal, socket: Duplex): void {
  const { status, phrase, headers, body } = answerTo(refusal)
  response.sendDate = false
  response.shouldKeepAlive = true
  response.once('finish', () => leave(socket))
  response.writeHead(status, phrase, { ...headers }).end(body)
}

/** The same where Node has let go of the connection. */
export function refuseRaw(socket: Duplex, { status, phrase, headers, body }: Answer): void {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.write(`HTTP/1.1 ${status} ${phrase}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  leave(socket)
}

/** Closes, and takes in for a while what else comes. */
export function leave(socket: Duplex): void {
  socket.end()
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
}
