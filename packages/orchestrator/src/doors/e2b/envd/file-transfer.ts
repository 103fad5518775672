import type { IncomingMessage, ServerResponse } from 'node:http'
import { posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { bodyOf } from '../../../lib/request-bodies.ts'
import { abortOnClose } from '../../../lib/requests.ts'
import type { Caller } from './caller.ts'
import { insidePath } from './inside-path.ts'
import { eachFile } from './multipart.ts'

interface Exchange {
  readonly caller: Caller
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** `GET /files?path=`. */
export async function sendFile({ caller, response }: Exchange, asked: string): Promise<void> {
  const { doors, sandbox } = caller
  const path = insidePath(asked)
  const content = await doors.files.read({ sandbox, path }, abortOnClose(response))
  if (Array.isArray(content)) throw isDirectory(path)
  // The sandbox's files are hostile to a browser: never shown on this origin, only saved.
  response.setHeader('content-type', 'application/octet-stream')
  response.setHeader('content-disposition', 'attachment')
  response.setHeader('content-length', content.size)
  await pipeline(content.body, response)
}

interface WrittenFile {
  readonly name: string
  readonly type: 'file'
  readonly path: string
}

/** `POST /files`: a form of files, each named by its path or all by `asked`; or one file’s bytes. */
export async function takeFiles(exchange: Exchange, asked: string | undefined): Promise<void> {
  const { caller, request, response } = exchange
  const signal = abortOnClose(response)
  const written: WrittenFile[] = []

  const take = async (name: string, body: AsyncIterable<Buffer>) => {
    const path = insidePath(name)
    const size = await caller.doors.files.write({ sandbox: caller.sandbox, path }, body, signal)
    caller.recorder.record(caller.sandbox, 'file_written', { path, size })
    written.push({ name: posix.basename(path), type: 'file', path })
  }
  if (request.headers['content-type']?.startsWith('application/octet-stream')) {
    if (asked === undefined) throw pathMissing()
    await take(asked, plainBody(request))
  } else await eachFile(request, (name, body) => take(asked ?? name, body))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(written))
}

function plainBody(request: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return bodyOf(request)
  if (encoding !== 'gzip') throw strangeEncoding()
  const plain = createGunzip()
  request.once('error', (cause) => plain.destroy(cause))
  request.once('close', () => {
    if (!request.complete) plain.destroy(new Error('the upload broke off'))
  })
  return request.pipe(plain)
}

const isDirectory = (path: string) =>
  new SandboxError('usage', `"${path}" is a directory.`, { hint: 'List it.' })

const pathMissing = () =>
  new SandboxError('usage', 'The path of the file is missing.', { hint: 'Name it: ?path=….' })

const strangeEncoding = () =>
  new SandboxError('unsupported_media', 'A file is taken as it is, or with gzip.', {
    hint: 'Leave out content-encoding.',
  })
