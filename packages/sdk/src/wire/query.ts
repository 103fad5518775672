import { z } from 'zod'

/** One statement, for a database behind a hand-over URL. */
export const QueryRequest = z.strictObject({
  sql: z.string().min(1).max(100_000),
  parameters: z
    .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .max(1000)
    .default([])
    .meta({ description: 'For $1, $2, … in PostgreSQL, for each ? in MariaDB.' }),
  maxRows: z.int().min(1).max(5_000).default(1_000),
  timeoutMs: z.int().positive().max(600_000).default(30_000),
  readOnly: z.boolean().default(false).meta({
    description: 'Refuse whatever writes: against mistakes, for the database is the agent’s.',
  }),
})
export type QueryRequest = z.infer<typeof QueryRequest>
export type QueryInput = z.input<typeof QueryRequest>

export const QueryResult = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** Numbers where they are exact, booleans, JSON as it is; everything else as its text. */
  rows: z.array(z.array(z.unknown())),
  /** How many rows a statement that writes has changed; null where it did not say. */
  affected: z.int().nullable(),
  /** Whether there are rows that are not shown. */
  more: z.boolean(),
})
export type QueryResult = z.infer<typeof QueryResult>
