import { z } from 'zod'
import { SourceKind } from './config.ts'
import { Name, SnapshotId, Timestamp } from './units.ts'

export const Finding = z.object({
  severity: z.enum(['info', 'warning']),
  /** `schema.table.column`, or an object’s name. */
  where: z.string(),
  message: z.string(),
})
export type Finding = z.infer<typeof Finding>

export const SnapshotState = z.enum(['building', 'sealed', 'failed'])
export type SnapshotState = z.infer<typeof SnapshotState>

export const Snapshot = z.object({
  id: SnapshotId,
  source: Name,
  kind: SourceKind,
  state: SnapshotState,
  /** The major version of the server inside, and the image that runs it. */
  version: z.int(),
  image: z.string(),
  database: z.string(),
  rows: z.int(),
  tables: z.int(),
  /** Columns that were masked. */
  masked: z.int(),
  sizeBytes: z.int(),
  findings: z.array(Finding),
  startedAt: Timestamp,
  sealedAt: Timestamp.nullable(),
})
export type Snapshot = z.infer<typeof Snapshot>
export const SnapshotList = z.object({ snapshots: z.array(Snapshot) })
export type SnapshotList = z.infer<typeof SnapshotList>

export const TableCount = z.object({
  table: z.string(),
  rows: z.int(),
  maskedColumns: z.array(z.string()),
})
export type TableCount = z.infer<typeof TableCount>
/** What the leak check looked for, and what it left out by its rule: shapes and numbers, never values. */
export const LeakCoverage = z.object({
  /** Values of masked columns that passed, and of their documents and arrays. */
  values: z.int(),
  /** Distinct ones that were looked for. */
  searched: z.int(),
  /** Left out: shorter than six bytes. */
  tooShort: z.int(),
  /** Left out: numbers, dates, and what has fewer than four different characters. */
  plain: z.int(),
  /** Of those looked for, in a hundredth of their column's rows: finding one stops nothing. */
  tooCommon: z.int(),
  /** One in how many was looked for, where there were too many for memory. */
  sampledOneIn: z.int(),
  /** Of columns read back and of the cluster's files. */
  bytes: z.int(),
})
export type LeakCoverage = z.infer<typeof LeakCoverage>

export const PlannedTable = z.object({
  table: z.string(),
  /** Why its rows are in, or why it has none: `root: where …`, `child of public.customer`, `whole`. */
  why: z.array(z.string()),
  /** Exact, except where the whole table is in: then the source’s estimate. */
  rows: z.int(),
  /** The source’s estimate. */
  of: z.int(),
  /** Rows that `limit` and `perParent` left out where they were looked for. */
  cut: z.int(),
})
export type PlannedTable = z.infer<typeof PlannedTable>

/** What a build copies of a source. Table names, numbers and the operator’s own words; never a value. */
export const SnapshotPlan = z.object({
  source: Name,
  /** Whether it is a part of the source. */
  subset: z.boolean(),
  rows: z.int(),
  of: z.int(),
  tables: z.array(PlannedTable),
})
export type SnapshotPlan = z.infer<typeof SnapshotPlan>

export const SnapshotDetail = Snapshot.extend({
  tablesDetail: z.array(TableCount),
  schemaFingerprint: z.string(),
  policyDigest: z.string(),
  /** Absent before it is sealed. */
  leakCheck: LeakCoverage.optional(),
  /** Of a subset: what was chosen, and why. */
  plan: SnapshotPlan.optional(),
  signature: z.string(),
})
export type SnapshotDetail = z.infer<typeof SnapshotDetail>

export const BuildSnapshotRequest = z.strictObject({ source: Name })
export type BuildSnapshotRequest = z.infer<typeof BuildSnapshotRequest>

export const SourceView = z.object({
  name: Name,
  kind: z.string(),
  /** host:port/database; never the user or the password. */
  address: z.string(),
  /** Null where an empty one takes its place. */
  policyPath: z.string().nullable(),
  policyExists: z.boolean(),
  retain: z.int().optional(),
  refresh: z
    .object({
      everySeconds: z.number(),
      /** Null until it has a first snapshot. */
      dueAt: Timestamp.nullable(),
      /** Since its newest snapshot was sealed. */
      failures: z.int(),
      /** An error’s code. */
      lastFailure: z.string().nullable(),
    })
    .optional(),
})
export type SourceView = z.infer<typeof SourceView>
export const SourceList = z.object({ sources: z.array(SourceView) })
export type SourceList = z.infer<typeof SourceList>

/** One column of a review: what is answered, why, and whether a person should look. Never a value. */
export const ReviewColumn = z.object({
  table: z.string(),
  column: z.string(),
  type: z.string(),
  /** The strategy as it stands in masking.yaml. */
  strategy: z.string(),
  reason: z.string(),
  unsure: z.boolean(),
  /** Beside an existing policy: what the proposal does to it. */
  change: z.enum(['same', 'added', 'removed', 'changed']),
})
export type ReviewColumn = z.infer<typeof ReviewColumn>
export const ReviewRequest = z.strictObject({ update: z.boolean().default(false) })
export type ReviewRequest = z.infer<typeof ReviewRequest>
export const Review = z.object({
  source: Name,
  policyPath: z.string(),
  /** Whether the file was written by this request. */
  written: z.boolean(),
  existed: z.boolean(),
  columns: z.array(ReviewColumn),
  unsure: z.int(),
  masked: z.int(),
  kept: z.int(),
  yaml: z.string(),
})
export type Review = z.infer<typeof Review>
