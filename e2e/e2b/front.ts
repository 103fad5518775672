import dns from 'node:dns'
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { certificateFor } from '../lib/certificate.ts'

const zone = 'e2b.test'

/** `listen.previewDomain`. */
export const previewDomain = zone

export interface Front extends AsyncDisposable {
  /** E2B_DOMAIN. */
  readonly domain: string
}

export interface Behind {
  /** Both as `sandbox env --e2b` prints them. */
  readonly api: string
  readonly sandboxes: string
}

/**
 * What docs/e2b.md asks for in front of versions that know names alone: it ends TLS for `*.e2b.test`, and
 * knows a sandbox by the name that was asked. In this process the names lead to it, and are trusted.
 */
export async function openFront(behind: Behind): Promise<Front> {
  await using scope = new AsyncDisposableStack()
  const { key, cert } = await certificateFor(`DNS:*.${zone}`)
  const server = createServer({ key, cert }, (request, response) => {
    forward(behind, request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.defer(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  scope.defer(trust(cert))
  scope.defer(resolveHere())
  const parts = scope.move()
  return {
    domain: `${zone}:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

async function forward(
  { api, sandboxes }: Behind,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, headers: asked } = request
  const [, port, id] = /^(\d+)-([a-z0-9]+)\./.exec(asked.host ?? '') ?? []
  const isPreview = port !== undefined && port !== '49983'
  const to = isPreview ? new URL('..', sandboxes) : new URL(id === undefined ? api : sandboxes)
  const headers = isPreview
    ? asked
    : { ...asked, host: to.host, ...(id && { 'e2b-sandbox-id': id }) }
  const onward = send(`${to.href.replace(/\/$/, '')}${request.url}`, { method, headers })
  response.once('close', () => onward.destroy())
  const [[answer]] = await Promise.all([
    once(onward, 'response') as Promise<[IncomingMessage]>,
    pipeline(request, onward),
  ])
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  response.flushHeaders()
  await pipeline(answer, response)
}

function trust(certificate: string): () => void {
  const before = getCACertificates()
  setDefaultCACertificates([...before, certificate])
  return () => setDefaultCACertificates(before)
}

/** Nothing else resolves such names, and Node asks this function for each. */
function resolveHere(): () => void {
  const original = dns.lookup
  const lookup = (name: string, ...rest: unknown[]) =>
    Reflect.apply(original, dns, [name.endsWith(`.${zone}`) ? '127.0.0.1' : name, ...rest])
  Object.assign(dns, { lookup })
  return () => void Object.assign(dns, { lookup: original })
}
