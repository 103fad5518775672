import { SandboxError } from '../errors.ts'
import { bodyOf } from '../http/body.ts'
import type { Connection, HttpRequest, RequestBody } from '../http/connection.ts'
import { parseAnswer, send, sendForJson } from '../http/http.ts'
import { DirectoryListing, type FileEntry, FileWritten, fileTypeHeader } from '../wire/door.ts'
import { encodedPath } from './resolve-inside.ts'

/** The bytes of a file, as a stream that fails where not all of them come. */
export async function readFile(
  door: Connection,
  path: string,
  signal?: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await send(door, { path: filePath(path), timeoutMs: null, signal })
  if (!isDirectory(response)) return bodyOf(response)
  await response.body?.cancel()
  throw notAFile(path)
}

export async function listDirectory(
  door: Connection,
  path: string,
  signal?: AbortSignal,
): Promise<readonly FileEntry[]> {
  const response = await send(door, { path: filePath(path), signal })
  if (isDirectory(response)) return parseAnswer(DirectoryListing, await response.json()).entries
  await response.body?.cancel()
  throw notADirectory(path)
}

/** Makes the directories above it and replaces what was there. */
export const writeFile = (
  door: Connection,
  path: string,
  options: { readonly body: RequestBody; readonly signal?: AbortSignal | undefined },
): Promise<FileWritten> =>
  sendForJson(door, {
    method: 'PUT',
    path: filePath(path),
    type: 'application/octet-stream',
    timeoutMs: null,
    schema: FileWritten,
    ...options,
  })

/** Removes a file, or a directory and all that is in it. */
export async function removeFile(door: Connection, path: string, signal?: AbortSignal) {
  const request: HttpRequest = { method: 'DELETE', path: filePath(path), signal }
  await (await send(door, request)).body?.cancel()
}

export async function fileType(
  door: Connection,
  path: string,
  signal?: AbortSignal,
): Promise<'file' | 'directory' | undefined> {
  try {
    const response = await send(door, { path: filePath(path), signal })
    await response.body?.cancel()
    return isDirectory(response) ? 'directory' : 'file'
  } catch (error) {
    if (error instanceof SandboxError && error.code === 'file_not_found') return undefined
    throw error
  }
}

const isDirectory = (response: Response) => response.headers.get(fileTypeHeader) === 'directory'

/** Below the door’s own address. */
export const filePath = (path: string) => `/files${encodedPath(path)}`

/** So many bytes from an offset on, or fewer where the file ends before. Throws `range_not_satisfiable` beyond its end. */
export async function readPart(
  door: Connection,
  path: string,
  { offset, length }: FilePart,
): Promise<Uint8Array> {
  const headers = { range: `bytes=${offset}-${length === undefined ? '' : offset + length - 1}` }
  const response = await send(door, { path: filePath(path), headers, timeoutMs: null })
  if (isDirectory(response)) {
    await response.body?.cancel()
    throw notAFile(path)
  }
  return new Uint8Array(await new Response(bodyOf(response)).arrayBuffer())
}

export interface FilePart {
  readonly offset: number
  /** At least 1; to the end when left out. */
  readonly length?: number
}

const notAFile = (path: string) =>
  new SandboxError('usage', `${path} is a directory.`, {
    hint: 'List it with `files.list`, or copy it with `sandbox cp`.',
  })

const notADirectory = (path: string) =>
  new SandboxError('usage', `${path} is not a directory.`, { hint: 'Read it with `files.read`.' })
