import {
  BuildSnapshotRequest,
  Review,
  ReviewRequest,
  Snapshot,
  SnapshotDetail,
  SnapshotList,
  SnapshotPlan,
  SourceList,
} from '@stuntdouble/sdk/wire'
import type { Operation } from './operation.ts'

export const snapshotOperations: readonly Operation[] = [
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
