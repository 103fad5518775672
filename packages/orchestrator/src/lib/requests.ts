import type { IncomingMessage, ServerResponse } from 'node:http'
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

/**
 * Throws `unsupported_media` for a body that is not JSON: a form of another site’s can send any other
 * type without asking. A PUT is none that a form can send.
 */
export function requireJson(
  { method = '', headers }: IncomingMessage,
  _response: ServerResponse,
  next: () => void,
): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers
  const hasBody = encoding !== undefined || length !== '0'
  const isJson = /^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')
  if (hasBody && !isJson && method !== 'PUT') throw notJson()
  next()
}

const notJson = () =>
  new SandboxError('unsupported_media', 'A request’s body must be JSON, and say so.', {
    hint: 'Send content-type: application/json.',
  })

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
