import {
  BuildSnapshotRequest,
  CreateSandboxRequest,
  DoctorReport,
  DrainedPool,
  E2bEnvironment,
  EgressTestRequest,
  EgressVerdict,
  EventFilter,
  EventPage,
  Extended,
  ExtendRequest,
  eventStreamType,
  Handover,
  HandoverRequest,
  Health,
  idempotencyHeader,
  LocalDatabase,
  ndjsonType,
  PoolView,
  Problem,
  ProgressLine,
  patchType,
  problemType,
  Receipt,
  RenewRequest,
  Review,
  ReviewRequest,
  RevokeRequest,
  SandboxEvent,
  SandboxEventList,
  SandboxList,
  SandboxView,
  SecretsReport,
  Snapshot,
  SnapshotDetail,
  SnapshotList,
  SnapshotPlan,
  SourceList,
  Workspace,
  WorkspaceChanges,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import { checkpointOperations } from './checkpoint-operations.ts'
import { doorOperations } from './door-operations.ts'

export { doorOperations }

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
  /** Long work: NDJSON progress for those who accept it. */
  readonly progress?: true
}

const All = z.object({ all: z.enum(['true', 'false']).optional() })

const IdempotencyKey = z.object({
  [idempotencyHeader]: z.string().min(1).max(255).optional().meta({
    description:
      'The same key with the same request leads to the same sandbox for a day; with another, to 422.',
  }),
})
const Force = z.object({ force: z.enum(['true', 'false']).optional() })

export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    summary: 'Whether the orchestrator answers; needs no key',
    status: 200,
    result: Health,
  },
  { method: 'get', path: '/openapi.json', summary: 'This document; needs no key', status: 200 },
  {
    method: 'post',
    path: '/session',
    summary: 'Sign a browser in with a key',
    body: z.strictObject({ key: z.string() }),
    status: 204,
  },
  { method: 'delete', path: '/session', summary: 'Sign a browser out', status: 204 },
  {
    method: 'get',
    path: '/doctor',
    summary: 'What this installation has and lacks',
    status: 200,
    result: DoctorReport,
  },
  {
    method: 'get',
    path: '/e2b',
    summary: 'What an E2B client’s environment has to say to find this installation',
    status: 200,
    result: E2bEnvironment,
  },
  {
    method: 'get',
    path: '/events',
    summary:
      'Every event as it comes, as text/event-stream, resumed with Last-Event-ID; as JSON, a page of what is kept',
    query: EventFilter,
    status: 200,
    result: EventPage,
    stream: SandboxEvent,
  },
  {
    method: 'post',
    path: '/sandboxes',
    summary: 'Create a sandbox and wait until it is ready',
    body: CreateSandboxRequest,
    header: IdempotencyKey,
    status: 201,
    result: Handover,
    progress: true,
  },
  {
    method: 'get',
    path: '/sandboxes',
    summary: 'Sandboxes, newest first; ended ones too with all=true',
    query: All,
    status: 200,
    result: SandboxList,
  },
  {
    method: 'get',
    path: '/sandboxes/:id',
    summary: 'One sandbox',
    status: 200,
    result: SandboxView,
  },
  {
    method: 'delete',
    path: '/sandboxes/:id',
    summary:
      'End a sandbox and wait for its receipt; idempotent. With force=true, without its preStop',
    query: Force,
    status: 200,
    result: Receipt,
  },
  {
    method: 'get',
    path: '/sandboxes/:id/receipt',
    summary: 'The receipt of a sandbox that ended',
    status: 200,
    result: Receipt,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/extend',
    summary: 'Move the hard end; the answer says how far, and what stood in the way of the rest',
    body: ExtendRequest,
    status: 200,
    result: Extended,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/handover',
    summary: 'A fresh hand-over URL',
    body: HandoverRequest,
    status: 201,
    result: Handover,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/handover/renew',
    summary: 'Keep a hand-over URL good for longer',
    body: RenewRequest,
    status: 204,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/handover/revoke',
    summary: 'End what a hand-over URL opens',
    body: RevokeRequest,
    status: 204,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/databases/:name/local',
    summary: 'An address for a database on the orchestrator’s machine',
    status: 200,
    result: LocalDatabase,
  },
  ...checkpointOperations,
  {
    method: 'get',
    path: '/sandboxes/:id/events',
    summary: 'What happened to a sandbox, oldest first',
    status: 200,
    result: SandboxEventList,
  },
  {
    method: 'get',
    path: '/sandboxes/:id/changes',
    summary: 'What was changed in the workspace since it was filled',
    status: 200,
    result: WorkspaceChanges,
  },
  {
    method: 'get',
    path: '/sandboxes/:id/patch',
    summary: 'The same as a patch for `git apply`',
    status: 200,
    type: patchType,
  },
  {
    method: 'get',
    path: '/pool',
    summary: 'What is kept ready for each blueprint, and how much room there is',
    status: 200,
    result: PoolView,
  },
  {
    method: 'delete',
    path: '/pool',
    summary: 'End what is kept ready, and wait for the receipts',
    status: 200,
    result: DrainedPool,
  },
  {
    method: 'post',
    path: '/egress/test',
    summary: 'Which rule decides about a URL; nothing is sent there',
    body: EgressTestRequest,
    status: 200,
    result: EgressVerdict,
  },
  {
    method: 'put',
    path: '/workspaces',
    summary: 'Upload a directory as application/x-tar',
    status: 201,
    result: Workspace,
  },
  {
    method: 'put',
    path: '/workspaces/check',
    summary: 'Look for secrets in an application/x-tar; nothing of it is kept',
    status: 200,
    result: SecretsReport,
  },
  {
    method: 'post',
    path: '/mcp',
    summary:
      'The Model Context Protocol: tools for every sandbox. Of one, at its hand-over URL and `/mcp`, or at `/mcp` of the gateway with its token as bearer',
    body: z.looseObject({ jsonrpc: z.literal('2.0'), method: z.string() }),
    status: 200,
  },
  {
    method: 'post',
    path: '/snapshots',
    summary: 'Build and seal a masked snapshot of a source',
    body: BuildSnapshotRequest,
    status: 201,
    result: Snapshot,
    progress: true,
  },
  {
    method: 'get',
    path: '/snapshots',
    summary: 'Snapshots, newest first',
    status: 200,
    result: SnapshotList,
  },
  {
    method: 'get',
    path: '/snapshots/:id',
    summary: 'One snapshot with its tables and signature',
    status: 200,
    result: SnapshotDetail,
  },
  {
    method: 'delete',
    path: '/snapshots/:id',
    summary: 'Remove a snapshot no sandbox runs on',
    status: 204,
  },
  {
    method: 'get',
    path: '/sources',
    summary: 'The configured sources, without their credentials',
    status: 200,
    result: SourceList,
  },
  {
    method: 'post',
    path: '/sources/:name/review',
    summary: 'Propose a masking policy, or its difference',
    body: ReviewRequest,
    status: 200,
    result: Review,
    progress: true,
  },
  {
    method: 'post',
    path: '/sources/:name/plan',
    summary: 'What a build would copy, and why; copies nothing',
    status: 200,
    result: SnapshotPlan,
    progress: true,
  },
]

const failure = {
  description: 'Problem details (RFC 9457) with a code and a hint',
  content: { [problemType]: { schema: Problem } },
}

/** OpenAPI 3.1, from the schemas the routes and the SDK use. */
export function openApiDocument(version: string) {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Stuntdouble',
      version,
      description: 'Production’s stunt double for coding agents.',
    },
    servers: [{ url: '/v1' }],
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths: { ...pathsOf(operations), ...pathsOf(doorOperations, behindHandover) },
  })
}

/** The address is the permission, and leads to the gateway. */
const behindHandover = {
  servers: [
    {
      url: 'http://{gateway}',
      variables: { gateway: { default: '127.0.0.1', description: 'Where hand-over URLs lead.' } },
    },
  ],
  security: [],
}

const pathsOf = (described: readonly Operation[], common: object = {}) =>
  Object.fromEntries(
    [...Map.groupBy(described, ({ path }) => path)].map(([path, group]) => [
      path.replace(/:(\w+)/g, '{$1}'),
      Object.fromEntries(
        group.map((operation) => [operation.method, { ...describe(operation), ...common }]),
      ),
    ]),
  )

function describe(operation: Operation) {
  const { path, summary, body, bodyType, query, header, status, result, type, progress, stream } =
    operation
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
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
        ...(type && { content: { [type]: { schema: z.string() } } }),
        ...(result && {
          content: {
            'application/json': { schema: result },
            ...(progress && { [ndjsonType]: { schema: ProgressLine } }),
            ...(stream && { [eventStreamType]: { schema: stream } }),
          },
        }),
      },
      default: failure,
    },
  }
}
