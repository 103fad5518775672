import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { z } from 'zod'
import { bodyOf } from '../../../lib/request-bodies.ts'
import { abortOnClose, parseBody } from '../../../lib/requests.ts'
import { connectErrorOf } from './connect-error.ts'
import {
  endEnvelope,
  envelope,
  envelopesIn,
  largestMessageBytes,
  messageTooLarge,
} from './envelope.ts'

/** One procedure of a service, by the shape of what it is asked and how it answers. */
export type Rpc<Caller> =
  | { readonly kind: 'unary'; readonly answer: Answer<Caller, Promise<object>> }
  | { readonly kind: 'stream'; readonly answer: Answer<Caller, AsyncIterable<object>> }
  | { readonly kind: 'upload'; readonly answer: Upload<Caller> }

type Answer<Caller, Result> = (message: unknown, call: RpcCall<Caller>) => Result
type Upload<Caller> = (messages: AsyncIterable<unknown>, call: RpcCall<Caller>) => Promise<object>

export interface RpcCall<Caller> {
  readonly caller: Caller
  /** Aborts when the client goes away, or gave it so much time and no more. */
  readonly signal: AbortSignal
  /** How long the client wants it to take at most; undefined for as long as it takes. */
  readonly timeoutMs: number | undefined
}

export const unary = <Schema extends z.ZodType, Caller>(
  schema: Schema,
  answer: (message: z.output<Schema>, call: RpcCall<Caller>) => Promise<object>,
): Rpc<Caller> => ({
  kind: 'unary',
  answer: async (message, call) => answer(parseBody(schema, message), call),
})

export const stream = <Schema extends z.ZodType, Caller>(
  schema: Schema,
  answer: (message: z.output<Schema>, call: RpcCall<Caller>) => AsyncIterable<object>,
): Rpc<Caller> => ({
  kind: 'stream',
  answer: (message, call) => answer(parseBody(schema, message), call),
})

const unaryType = 'application/json'
export const streamType = 'application/connect+json'

/** Takes a request for a procedure to its answer; failures are answered as the protocol says. */
export async function serveRpc<Caller>(
  rpc: Rpc<Caller>,
  caller: Caller,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const call = { caller, signal: abortOnClose(response), timeoutMs: timeoutOf(request) }
  const wanted = rpc.kind === 'unary' ? unaryType : streamType
  if (mediaTypeOf(request) !== wanted) throw wrongType(wanted)
  if (rpc.kind === 'unary')
    return await answerOnce(rpc.answer(await wholeOf(request), call), response)
  response.setHeader('content-type', streamType)
  const messages = envelopesIn(bodyOf(request))
  if (rpc.kind === 'stream') return await sendStream(rpc, { messages, call, response })
  return await sendUpload(rpc, { messages, call, response })
}

async function answerOnce(answer: Promise<object>, response: ServerResponse): Promise<void> {
  const body = JSON.stringify(await answer)
  response.setHeader('content-type', unaryType)
  response.end(body)
}

interface Streaming<Caller> {
  readonly messages: AsyncGenerator<unknown, void, undefined>
  readonly call: RpcCall<Caller>
  readonly response: ServerResponse
}

async function sendStream<Caller>(
  rpc: Extract<Rpc<Caller>, { kind: 'stream' }>,
  { messages, call, response }: Streaming<Caller>,
): Promise<void> {
  try {
    const { value: message } = await messages.next()
    for await (const sent of rpc.answer(message, call)) await write(response, sent, call.signal)
    response.end(endEnvelope())
  } catch (cause) {
    response.end(endEnvelope(connectErrorOf(cause).body))
  }
}

async function sendUpload<Caller>(
  rpc: Extract<Rpc<Caller>, { kind: 'upload' }>,
  { messages, call, response }: Streaming<Caller>,
): Promise<void> {
  try {
    await write(response, await rpc.answer(messages, call), call.signal)
    response.end(endEnvelope())
  } catch (cause) {
    response.end(endEnvelope(connectErrorOf(cause).body))
  }
}

async function write(
  response: ServerResponse,
  message: object,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || response.write(envelope(message))) return
  await once(response, 'drain', { signal }).catch(() => {})
}

async function wholeOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of bodyOf(request)) {
    size += chunk.length
    if (size > largestMessageBytes) throw messageTooLarge()
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
  } catch {
    throw new SandboxError('usage', 'The message is not JSON.', { hint: 'Send one JSON object.' })
  }
}

function timeoutOf({ headers }: IncomingMessage): number | undefined {
  const text = String(headers['connect-timeout-ms'] ?? '')
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined
}

export const mediaTypeOf = ({ headers }: IncomingMessage) =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()

const wrongType = (wanted: string) =>
  new SandboxError('unsupported_media', `This procedure takes ${wanted}.`, {
    hint: 'Messages are JSON here; the e2b package sends them so by itself.',
  })
