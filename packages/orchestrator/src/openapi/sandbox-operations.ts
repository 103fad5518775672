import {
  CreateSandboxRequest,
  DrainedPool,
  Extended,
  ExtendRequest,
  Handover,
  HandoverRequest,
  idempotencyHeader,
  LocalDatabase,
  PoolView,
  patchType,
  Receipt,
  RenewRequest,
  RevokeRequest,
  SandboxEventList,
  SandboxList,
  SandboxView,
  SecretsReport,
  TimeoutRequest,
  Workspace,
  WorkspaceChanges,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { checkpointOperations } from './checkpoint-operations.ts'
import type { Operation } from './operation.ts'

const All = z.object({ all: z.enum(['true', 'false']).optional() })
const IdempotencyKey = z.object({
  [idempotencyHeader]: z.string().min(1).max(255).optional().meta({
    description:
      'The same key with the same request leads to the same sandbox for a day; with another, to 422.',
  }),
})
const Force = z.object({ force: z.enum(['true', 'false']).optional() })

export const sandboxOperations: readonly Operation[] = [
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
    path: '/sandboxes/:id/timeout',
    summary: 'Have it end so long from now, earlier or later, as far as the operator’s limit',
    body: TimeoutRequest,
    status: 200,
    result: SandboxView,
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
]
