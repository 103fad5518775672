import type { Connection } from '../http/connection.ts'
import { sendForJson } from '../http/http.ts'
import { type QueryInput, QueryResult } from '../wire/query.ts'

/** Runs one statement in a database of the sandbox. */
export const queryDatabase = (
  door: Connection,
  database: string,
  { signal, ...asked }: QueryInput & { readonly signal?: AbortSignal | undefined },
): Promise<QueryResult> =>
  sendForJson(door, {
    method: 'POST',
    path: `/databases/${encodeURIComponent(database)}/query`,
    json: asked,
    timeoutMs: null,
    schema: QueryResult,
    signal,
  })
