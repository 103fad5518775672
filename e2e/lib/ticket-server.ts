import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { certificateFor } from './certificate.ts'
import { machineAddress, openWeb } from './web.ts'

/**
 * A service that wants a credential for everything, and gives it away to who asks:
 * `/v1/tickets`, `/v1/echo?as=…`, `/v1/redirect?to=…`, and a repository below `/git/`.
 */
export interface TicketServer extends AsyncDisposable {
  readonly address: string
  readonly port: number
  /** Of its own authority, which signed its certificate: it is the same. */
  readonly certificate: string
  /** What every Authorization said that came. */
  authorizations(): readonly string[]
}

const run = promisify(execFile)

export async function openTicketServer(value: string): Promise<TicketServer> {
  await using scope = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'tickets-'))
  scope.defer(() => rm(directory, { recursive: true }))
  await makeRepository(directory)
  const address = await machineAddress()
  const certificate = await certificateFor(`IP:${address}`, 'DNS:localhost')
  const heard: string[] = []
  const web = scope.use(await openWeb(listenerFor({ value, directory, heard }), certificate))
  const parts = scope.move()
  return {
    ...{ address, port: web.port, certificate: certificate.cert },
    authorizations: () => heard,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

async function makeRepository(directory: string): Promise<void> {
  const work = join(directory, 'work')
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com']
  await run('git', ['init', '-q', work])
  await writeFile(join(work, 'file'), 'a file behind a credential\n')
  await run('git', ['-C', work, 'add', 'file'])
  await run('git', ['-C', work, ...identity, 'commit', '-qm', 'first'])
  await run('git', ['clone', '-q', '--bare', work, join(directory, 'git/project.git')])
  await run('git', ['-C', join(directory, 'git/project.git'), 'update-server-info'])
}

interface Behind {
  readonly value: string
  readonly directory: string
  readonly heard: string[]
}

function listenerFor({ value, directory, heard }: Behind): RequestListener {
  const good = [`Bearer ${value}`, `Basic ${Buffer.from(`robot:${value}`).toString('base64')}`]
  return async (request, response) => {
    const { authorization = '' } = request.headers
    heard.push(authorization)
    const url = new URL(request.url ?? '/', 'https://tickets')
    if (url.pathname === '/v1/redirect') {
      response.writeHead(302, { location: url.searchParams.get('to') ?? '/' }).end()
    } else if (url.pathname === '/v1/echo') {
      await echo(request, response, url.searchParams.get('as') ?? '')
    } else if (!good.includes(authorization)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="tickets"' }).end('who are you?')
    } else if (url.pathname.startsWith('/git/')) {
      createReadStream(join(directory, normalize(url.pathname)))
        .on('error', () => response.writeHead(404).end())
        .pipe(response)
    } else response.end(JSON.stringify({ tickets: ['a ticket'] }))
  }
}

async function echo(request: IncomingMessage, response: ServerResponse, as: string) {
  const said = JSON.stringify({
    headers: request.headers,
    body: await text(request).catch(() => ''),
  })
  if (as === 'gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync(said))
  else if (as === 'header')
    response.setHeader('x-you-said', String(request.headers.authorization)).end()
  else if (as === 'split') {
    for (const piece of said.match(/.{1,3}/g) ?? []) response.write(piece)
    response.end()
  } else response.end(as === '' ? said : Buffer.from(said).toString(as as BufferEncoding))
}
