import { bodyOf } from '../http/body.ts'
import type { Connection, RequestBody } from '../http/connection.ts'
import { send, sendForJson } from '../http/http.ts'
import { tarType } from '../wire/door.ts'
import { type ArchiveFormat, ArchiveUnpacked } from '../wire/files.ts'
import { encodedPath } from './resolve-inside.ts'

export interface ArchiveOptions {
  /** `tar` when left out. */
  readonly format?: ArchiveFormat
  readonly signal?: AbortSignal | undefined
}

/** A directory with all it holds, or a file; a stream that fails where not all of it comes. */
export async function packArchive(
  door: Connection,
  path: string,
  { format = 'tar', signal }: ArchiveOptions = {},
): Promise<ReadableStream<Uint8Array>> {
  const asked = `/archive${encodedPath(path)}?format=${format}`
  return bodyOf(await send(door, { path: asked, timeoutMs: null, signal }))
}

/** A tar, as it is or with gzip, into a directory, which is made: all of it, or nothing. */
export const unpackArchive = (
  door: Connection,
  path: string,
  options: { readonly body: RequestBody; readonly signal?: AbortSignal | undefined },
): Promise<ArchiveUnpacked> =>
  sendForJson(door, {
    ...{ method: 'PUT', path: `/archive${encodedPath(path)}`, type: tarType },
    ...{ timeoutMs: null, schema: ArchiveUnpacked },
    ...options,
  })
