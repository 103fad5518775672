import {
  ExecRequest,
  ExecResult,
  LogQuery,
  PortList,
  PortView,
  ProcessList,
  ProcessOutputPage,
  ProcessOutputQuery,
  ProcessView,
  QueryRequest,
  QueryResult,
  ResizeRequest,
  SandboxLog,
  SandboxMetrics,
  SignalRequest,
  StartProcess,
  Welcome,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { ownCheckpointOperations } from './checkpoint-operations.ts'
import { fileOperations } from './file-operations.ts'
import type { Operation } from './operation.ts'

const base = '/s/:handover'
const Eof = z.object({ eof: z.enum(['true']).optional() })

/** What is behind a hand-over URL. */
export const doorOperations: readonly Operation[] = [
  ...ownCheckpointOperations,
  ...fileOperations,
  {
    ...{ method: 'get', path: base, summary: 'What the sandbox says of itself', status: 200 },
    result: Welcome,
  },
  {
    ...{ method: 'post', path: `${base}/exec`, summary: 'Run a command to its end', status: 200 },
    ...{ body: ExecRequest, result: ExecResult },
  },
  {
    ...{ method: 'get', path: `${base}/metrics`, status: 200, result: SandboxMetrics },
    summary: 'What it uses of processor, memory, processes and disk, and what it may',
  },
  {
    ...{ method: 'get', path: `${base}/logs/:name`, status: 200, result: SandboxLog },
    summary: 'The end of what a database, a service or the workspace’s main program said',
    query: LogQuery,
  },
  {
    ...{ method: 'post', path: `${base}/databases/:name/query`, status: 200 },
    summary: 'Run one SQL statement, in a connection and a transaction of its own',
    ...{ body: QueryRequest, result: QueryResult },
  },
  {
    ...{ method: 'post', path: `${base}/processes`, status: 201 },
    summary: 'Start a process that outlives the request',
    ...{ body: StartProcess, result: ProcessView },
  },
  {
    ...{ method: 'get', path: `${base}/processes`, status: 200, result: ProcessList },
    summary: 'Processes in the background, oldest first, and those that ended a while ago',
  },
  {
    ...{ method: 'get', path: `${base}/processes/:id`, summary: 'One of them', status: 200 },
    result: ProcessView,
  },
  {
    ...{ method: 'delete', path: `${base}/processes/:id`, status: 200, result: ProcessView },
    summary: 'End one with all it started, and wait for that',
  },
  {
    ...{ method: 'get', path: `${base}/processes/:id/output`, status: 200 },
    summary: 'What one has said, a page at a time; as it comes to those who accept NDJSON',
    ...{ query: ProcessOutputQuery, result: ProcessOutputPage },
  },
  {
    ...{ method: 'post', path: `${base}/processes/:id/stdin`, status: 204, query: Eof },
    summary: 'Write to one; with eof=true its input ends there',
    ...{ body: z.string(), bodyType: 'application/octet-stream' },
  },
  {
    ...{ method: 'post', path: `${base}/processes/:id/signal`, summary: 'Signal one', status: 204 },
    body: SignalRequest,
  },
  {
    ...{ method: 'post', path: `${base}/processes/:id/resize`, status: 204, body: ResizeRequest },
    summary: 'Tell one the size of its terminal',
  },
  {
    ...{ method: 'get', path: `${base}/ports`, status: 200, result: PortList },
    summary: 'What listens inside, and where each is seen from',
  },
  {
    ...{ method: 'get', path: `${base}/ports/:port`, status: 200, result: PortView },
    summary: 'Where a port is seen from, whether anything listens there or not',
  },
  {
    ...{ method: 'post', path: `${base}/mcp`, status: 200 },
    summary: 'The Model Context Protocol: the tools of this sandbox',
    body: z.looseObject({ jsonrpc: z.literal('2.0'), method: z.string() }),
  },
]
