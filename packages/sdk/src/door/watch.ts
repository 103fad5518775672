import type { Connection } from '../http/connection.ts'
import { parseAnswer, send } from '../http/http.ts'
import { cutShort } from '../http/http-errors.ts'
import { serverSentEvents } from '../http/server-sent-events.ts'
import { eventStreamType } from '../wire/events.ts'
import { FileChange } from '../wire/files.ts'
import { encodedPath } from './resolve-inside.ts'

export interface WatchDirectoryOptions {
  /** What is below its directories as well. */
  readonly recursive?: boolean
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** Resolves once it is watched: what is changed from then on is told. */
export async function watchDirectory(
  door: Connection,
  path: string,
  { recursive = false, signal }: WatchDirectoryOptions,
): Promise<AsyncGenerator<FileChange, void, undefined>> {
  const response = await send(door, {
    path: `/watch${encodedPath(path)}${recursive ? '?recursive=true' : ''}`,
    ...{ accept: eventStreamType, timeoutMs: null, signal },
  })
  return changesIn(response, signal)
}

/** Whoever stops reading ends it; a connection that ends by itself is an error. */
async function* changesIn(response: Response, signal: AbortSignal | undefined) {
  for await (const { data } of serverSentEvents(response)) {
    if (data !== '') yield parseAnswer(FileChange, JSON.parse(data))
  }
  signal?.throwIfAborted()
  throw cutShort()
}
