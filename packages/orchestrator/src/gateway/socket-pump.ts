import type { Readable } from 'node:stream'
import type { WebSocket } from 'ws'

/** Sends a stream as binary frames of one channel, no faster than the other side takes them. */
export async function pump(stream: Readable, client: WebSocket, channel: number): Promise<void> {
  const tag = Buffer.of(channel)
  for await (const chunk of stream) {
    if (client.readyState !== client.OPEN) continue
    await new Promise<void>((resolve) => {
      client.send(Buffer.concat([tag, chunk]), { binary: true }, () => resolve())
    })
  }
}
