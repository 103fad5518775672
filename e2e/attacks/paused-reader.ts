import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Sandbox } from '@stuntdouble/sdk'

/** A client that starts a command and never reads a byte of what it says. */
export type PausedReader = (box: Sandbox, command: string) => Promise<Disposable>

async function dial(box: Sandbox): Promise<{ socket: Socket; url: URL }> {
  const url = new URL(box.url)
  const socket = connect({ host: url.hostname, port: Number(url.port) })
  await once(socket, 'connect')
  socket.on('error', () => {})
  // What the kernel holds for the reader is all that anybody may send ahead.
  socket.pause()
  return { socket, url }
}

const closing = (socket: Socket): Disposable => ({ [Symbol.dispose]: () => socket.destroy() })

export const pausedStream: PausedReader = async (box, command) => {
  const { socket, url } = await dial(box)
  const body = JSON.stringify({ command })
  socket.write(
    `POST ${url.pathname}/exec HTTP/1.1\r\nHost: ${url.host}\r\nAccept: application/x-ndjson\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  return closing(socket)
}

export const pausedTerminal: PausedReader = async (box, command) => {
  const { socket, url } = await dial(box)
  socket.write(
    `GET ${url.pathname}/process HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  )
  socket.write(textFrame(JSON.stringify({ command })))
  return closing(socket)
}

/** One frame of less than 126 bytes, under the mask of zeros that a client may choose (RFC 6455, 5.2). */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 125) throw new Error('the message is too long for a small frame')
  return Buffer.concat([Buffer.of(0x81, 0x80 | payload.length, 0, 0, 0, 0), payload])
}
