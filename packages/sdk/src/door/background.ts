import type { Connection, HttpRequest, RequestBody } from '../http/connection.ts'
import { send, sendForJson } from '../http/http.ts'
import { cutShort, toldError } from '../http/http-errors.ts'
import { ndjson } from '../http/ndjson.ts'
import {
  ProcessList,
  ProcessOutputLine,
  ProcessOutputPage,
  ProcessView,
  type StartProcessInput,
} from '../wire/processes.ts'
import { ndjsonType } from '../wire/progress.ts'
import type { ProcessSignal } from './process.ts'

/** One process of a sandbox that runs in the background. */
export interface ProcessRef {
  readonly door: Connection
  readonly id: string
}

export const startProcess = (
  door: Connection,
  start: StartProcessInput,
  signal?: AbortSignal,
): Promise<ProcessView> =>
  sendForJson(door, {
    method: 'POST',
    path: '/processes',
    json: start,
    schema: ProcessView,
    signal,
  })

export async function listProcesses(door: Connection): Promise<readonly ProcessView[]> {
  return (await sendForJson(door, { path: '/processes', schema: ProcessList })).processes
}

export const processView = (ref: ProcessRef): Promise<ProcessView> =>
  sendForJson(ref.door, { path: pathOf(ref), schema: ProcessView })

/** What is there now, a page of it. */
export const readOutput = (
  ref: ProcessRef,
  from: { readonly stdout: number; readonly stderr: number },
): Promise<ProcessOutputPage> =>
  sendForJson(ref.door, {
    path: pathOf(ref, `/output?stdout=${from.stdout}&stderr=${from.stderr}`),
    schema: ProcessOutputPage,
  })

export interface OutputOptions {
  /** Goes on until the process has ended; else to the end of what is kept. */
  readonly follow: boolean
  readonly signal?: AbortSignal | undefined
}

/** All that is kept, and what comes: a reader that is slow is waited for. Throws where it ended in a way that is none. */
export async function* outputOf(
  ref: ProcessRef,
  { follow, signal }: OutputOptions,
): AsyncGenerator<ProcessPiece, void, undefined> {
  const path = pathOf(ref, `/output?follow=${follow}`)
  const request = { path, accept: ndjsonType, timeoutMs: null, signal } as const
  for await (const line of ndjson(await send(ref.door, request), ProcessOutputLine)) {
    if (line.type === 'error') throw toldError(line.problem)
    yield pieceOf(line)
    if (line.type === 'exit') return
  }
  if (follow) throw cutShort()
}

export type ProcessPiece =
  | { readonly type: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly type: 'dropped'; readonly stream: 'stdout' | 'stderr'; readonly bytes: number }
  | { readonly type: 'exit'; readonly exitCode: number }

function pieceOf(line: Exclude<ProcessOutputLine, { type: 'error' }>): ProcessPiece {
  if (line.type === 'dropped' || line.type === 'exit') return line
  return { type: line.type, bytes: Buffer.from(line.data, 'base64') }
}

export const writeStdin = (ref: ProcessRef, body: RequestBody): Promise<void> =>
  tell(ref, '/stdin', { body, type: 'application/octet-stream', timeoutMs: null })

export const closeStdin = (ref: ProcessRef): Promise<void> => tell(ref, '/stdin?eof=true', {})

export const signalProcess = (ref: ProcessRef, signal: ProcessSignal): Promise<void> =>
  tell(ref, '/signal', { json: { signal } })

export const resizeProcess = (ref: ProcessRef, cols: number, rows: number): Promise<void> =>
  tell(ref, '/resize', { json: { cols, rows } })

/** Ends it, with all it started, and waits for that. */
export const endProcess = (ref: ProcessRef): Promise<ProcessView> =>
  sendForJson(ref.door, { method: 'DELETE', path: pathOf(ref), schema: ProcessView })

const pathOf = ({ id }: ProcessRef, rest = '') => `/processes/${encodeURIComponent(id)}${rest}`

async function tell(ref: ProcessRef, rest: string, request: Omit<HttpRequest, 'path'>) {
  const response = await send(ref.door, { method: 'POST', ...request, path: pathOf(ref, rest) })
  await response.body?.cancel()
}
