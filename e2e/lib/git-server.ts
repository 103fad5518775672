import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { machineAddress, openWeb } from './web.ts'

export interface GitServer extends AsyncDisposable {
  /** Of a repository below the directory, as containers reach it. */
  url(repository: string): string
  readonly host: string
  readonly port: number
  /** Requests since the last call. */
  heard(): readonly string[]
}

/** Git’s own HTTP server over a directory of bare repositories. */
export async function openGitServer(directory: string): Promise<GitServer> {
  const host = await machineAddress()
  const web = await openWeb((request, response) => {
    serve(directory, request, response).catch(() => response.destroy())
  })
  return {
    ...{ host, port: web.port, heard: web.heard },
    url: (repository) => `http://${host}:${web.port}/${repository}`,
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  }
}

async function serve(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: '/usr/bin:/bin',
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      // Owned by whoever runs the test.
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_CONFIG_KEY_1: 'uploadpack.allowAnySHA1InWant',
      GIT_CONFIG_VALUE_1: 'true',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: path,
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  pipeline(request, child.stdin).catch(() => {})
  let head = ''
  for await (const chunk of child.stdout) {
    if (response.headersSent) {
      response.write(chunk)
      continue
    }
    head += chunk.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) continue
    const fields = head
      .slice(0, end)
      .split('\r\n')
      .map((line) => line.split(/: */, 2))
    const headers = Object.fromEntries(fields) as Record<string, string>
    response.writeHead(Number.parseInt(headers.Status ?? '200', 10), headers)
    response.write(Buffer.from(head.slice(end + 4), 'latin1'))
  }
  response.end()
}
