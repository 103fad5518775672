import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** As a browser or curl asks `http://HOST/`: Node alone resolves no name below localhost. */
export async function askPreview(host: string, headers: Readonly<Record<string, string>> = {}) {
  const { port } = new URL(`http://${host}`)
  const sent = request({ host: '127.0.0.1', port, headers: { ...headers, host }, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, body: await text(response) }
}
