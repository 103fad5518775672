import type { ServerResponse } from 'node:http'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { z } from 'zod'

/** Aborts when the client goes away before it was answered. */
export function abortOnClose(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client went away'))
  })
  return gone.signal
}

/** Throws `usage` naming every key that is wrong. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const complaints = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'body'}: ${message}`,
  )
  throw new SandboxError('usage', complaints.join('; '), {
    hint: 'GET /v1/openapi.json describes every request; nothing was created.',
  })
}
