import {
  eventStreamType,
  ndjsonType,
  Problem,
  ProgressLine,
  problemType,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'

/** One operation of `/v1`. Paths are written as express has them; a test holds both lists equal. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  readonly path: string
  readonly summary: string
  readonly body?: z.ZodType
  /** Of a body that is bytes. */
  readonly bodyType?: string
  readonly query?: z.ZodObject
  readonly header?: z.ZodObject
  readonly status: 200 | 201 | 204
  readonly result?: z.ZodType
  /** Of an answer that is bytes. */
  readonly type?: string
  /** Of an answer that goes on: the data of each server-sent event. */
  readonly stream?: z.ZodType
  /** Answers 206 to those who ask for a part of its bytes. */
  readonly partial?: true
  /** Long work: NDJSON progress for those who accept it. */
  readonly progress?: true
}

/** As the document has it. */
export function describe(operation: Operation) {
  const {
    path,
    summary,
    body,
    bodyType,
    query,
    header,
    status,
    result,
    type,
    progress,
    stream,
    partial,
  } = operation
  const names = [...path.matchAll(/[:*](\w+)/g)].map(([, name = '']) => name)
  return {
    summary,
    requestParams: {
      ...(names.length > 0 && {
        path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))),
      }),
      ...(query && { query }),
      ...(header && { header }),
    },
    ...(body && {
      requestBody: { content: { [bodyType ?? 'application/json']: { schema: body } } },
    }),
    responses: {
      [`${status}`]: {
        description: summary,
        ...((type || result) && {
          content: {
            ...(result && { 'application/json': { schema: result } }),
            ...(type && bytesOf(type)),
            ...(progress && { [ndjsonType]: { schema: ProgressLine } }),
            ...(stream && { [eventStreamType]: { schema: stream } }),
          },
        }),
      },
      ...(partial && type && { 206: { description: 'A part', content: bytesOf(type) } }),
      default: failure,
    },
  }
}

const bytesOf = (type: string) => ({ [type]: { schema: z.string() } })

const failure = {
  description: 'Problem details (RFC 9457) with a code and a hint',
  content: { [problemType]: { schema: Problem } },
}
