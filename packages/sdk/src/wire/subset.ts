import { z } from 'zod'

const TableName = z
  .string()
  .regex(
    /^("([^"]|"")+"|[^".]+)\.("([^"]|"")+"|[^".]+)$/su,
    'must be schema.table, such as public.customer',
  )

export const SubsetRoot = z
  .strictObject({
    /** One expression in the source’s own SQL, with every name but its columns qualified. */
    where: z.string().trim().min(1).optional(),
    /** Of those, by a hash of the key: the same rows every time. */
    sample: z
      .string()
      .regex(/^(\d{1,2}(\.\d+)?|100)%$/, 'must be a part in a hundred, such as "1%"')
      .optional(),
    /** Of those, at most so many, the first by a hash of the key. */
    limit: z.int().positive().optional(),
  })
  .refine((root) => Object.keys(root).length > 0, {
    error: 'needs `where`, `sample` or `limit`; a table that comes whole stands under `whole`',
  })

/** Which rows are copied: roots, what refers to them within limits, and everything that any row refers to. */
export const SubsetConfig = z
  .strictObject({
    roots: z.record(TableName, SubsetRoot).default({}),
    follow: z
      .strictObject({
        /** From a root, how many references down rows that refer to it are taken. 0: none. */
        depth: z.int().min(0).max(20).default(3),
        /** How many rows may refer to one by one reference; all by default. */
        perParent: z.int().positive().optional(),
        /** Whether `like` in masking.yaml is followed as a foreign key is. */
        like: z.boolean().default(false),
      })
      .prefault({}),
    whole: z.array(TableName).default([]),
    empty: z.array(TableName).default([]),
    /** What becomes of tables that nothing leads to. */
    rest: z.enum(['empty', 'whole']).default('empty'),
  })
  .refine(
    ({ roots, whole, rest }) =>
      rest === 'whole' || whole.length > 0 || Object.keys(roots).length > 0,
    { error: 'needs `roots`, `whole` or `rest: whole`: as it is, nothing would be copied' },
  )
export type SubsetConfig = z.infer<typeof SubsetConfig>
