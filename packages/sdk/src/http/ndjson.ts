import type { z } from 'zod'
import { errorOf } from '../wire/problem.ts'
import { ndjsonType, type OnProgress, ProgressLine } from '../wire/progress.ts'
import type { Connection, HttpRequest } from './connection.ts'
import { parseAnswer, send } from './http.ts'
import { cutShort, malformedAnswer } from './http-errors.ts'
import { linesOf } from './lines.ts'

/** An answer of one JSON value a line. Blank lines, which keep a connection alive, are skipped. */
export async function* ndjson<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): AsyncGenerator<z.output<Schema>, void, undefined> {
  for await (const line of linesOf(response)) {
    if (line.trim()) yield parseAnswer(schema, jsonOf(line))
  }
}

/** Sends a request for long work, passes its progress on, and resolves with its result. */
export async function sendForResult<Schema extends z.ZodType>(
  connection: Connection,
  request: HttpRequest & { readonly schema: Schema; readonly onProgress?: OnProgress | undefined },
): Promise<z.output<Schema>> {
  const response = await send(connection, { ...request, accept: ndjsonType, timeoutMs: null })
  if (!response.headers.get('content-type')?.startsWith(ndjsonType)) {
    return parseAnswer(request.schema, await response.json().catch(() => undefined))
  }
  for await (const line of ndjson(response, ProgressLine)) {
    if (line.type === 'result') return parseAnswer(request.schema, line.value)
    if (line.type === 'error') throw errorOf(line.problem)
    request.onProgress?.(line)
  }
  throw cutShort()
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw malformedAnswer()
  }
}
