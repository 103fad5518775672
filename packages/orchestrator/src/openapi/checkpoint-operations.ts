import {
  Checkpoint,
  CheckpointList,
  CreateCheckpointRequest,
  ForkRequest,
  Forks,
  RollbackRequest,
  SandboxView,
  Welcome,
} from '@stuntdouble/sdk/wire'
import type { Operation } from './operation.ts'

export const checkpointOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/sandboxes/:id/checkpoints',
    summary: 'Keep the state of databases, files and workspace',
    body: CreateCheckpointRequest,
    status: 201,
    result: Checkpoint,
  },
  {
    method: 'get',
    path: '/sandboxes/:id/checkpoints',
    summary: 'Its checkpoints, newest first',
    status: 200,
    result: CheckpointList,
  },
  {
    method: 'delete',
    path: '/sandboxes/:id/checkpoints/:name',
    summary: 'Remove a checkpoint',
    status: 204,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/rollback',
    summary: 'Go back to a checkpoint; what runs inside ends',
    body: RollbackRequest,
    status: 200,
    result: SandboxView,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/fork',
    summary: 'Sandboxes of their own that begin as this one is, or as a checkpoint: all or none',
    body: ForkRequest,
    status: 201,
    result: Forks,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/pause',
    summary: 'Stop everything inside until it is resumed, or its hard end comes',
    status: 200,
    result: SandboxView,
  },
  {
    method: 'post',
    path: '/sandboxes/:id/resume',
    summary: 'Have everything inside go on; content when nothing was stopped',
    status: 200,
    result: SandboxView,
  },
]

/** Those of them that the holder of a hand-over URL may use. */
export const ownCheckpointOperations: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/s/:handover/checkpoints', status: 200 },
    ...{ summary: 'Its checkpoints, newest first', result: CheckpointList },
  },
  {
    ...{ method: 'post', path: '/s/:handover/checkpoints', status: 201 },
    summary: 'Keep the state of databases, files and workspace',
    ...{ body: CreateCheckpointRequest, result: Checkpoint },
  },
  {
    ...{ method: 'delete', path: '/s/:handover/checkpoints/:name', status: 204 },
    summary: 'Remove a checkpoint',
  },
  {
    ...{ method: 'post', path: '/s/:handover/rollback', status: 200 },
    summary: 'Go back to a checkpoint; what runs inside ends',
    ...{ body: RollbackRequest, result: Welcome },
  },
]
